"""Invites to other servers: addresses of Discord's own hosts, and of those that only lead on to them."""

from typing import Annotated, Final, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, Field

from app.automod.fields import FROZEN
from app.automod.folding import fold
from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Needle, TriggerType
from app.automod.windows import Windows
from app.wording import message

MOST_CODES: Final = 100

_DECODED: Final = 2
"""How often an address is decoded: "%2564" is "%64" is "d"."""

_AROUND: Final = r"[\s*_~|`<>()\[\]]*"
"""What may stand between the parts: spaces and marks of Discord's formats."""

_DOT: Final = rf"(?:{_AROUND}(?:\.|dot){_AROUND}|,)"
_SLASH: Final = rf"(?::\d{{1,5}}|\.)?{_AROUND}[/\\]{_AROUND}(?:[/\\]{_AROUND})*"
_CODE: Final = r"([\pL\pN-]{1,64})"

_LEADING_ON: Final = "|".join(
    name.replace(".", _DOT)
    for name in ("dsc.gg", "invite.gg", "discord.me", "discord.io", "discord.li", "discord.link")
)
"""Hosts whose addresses are nothing but other names of invites."""

ADDRESS: Final = (
    r"(?:^|[^\pL\pN-])"
    rf"(?:discord{_DOT}gg{_SLASH}(?:invites?{_SLASH})?"
    rf"|(?:discord(?:app)?|watchanimeattheoffice){_DOT}com{_SLASH}"
    rf"(?:api{_SLASH}(?:v\d+{_SLASH})?)?invites?{_SLASH}"
    rf"|(?:{_LEADING_ON}){_SLASH}(?:invites?{_SLASH})?"
    rf"|discord:{_SLASH}-{_SLASH}invite{_SLASH}"
    rf"|\.gg[/\\]){_CODE}"
)
"""An invite in a folded text; group 1 is its code. ".gg/x" is one that somebody hides."""

SPELLED: Final = r"(?:^|\s)(?:https? ?)?(?:discord ?gg|discord(?:app)? ?com ?invite) ?([a-z0-9]+)"
"""An invite that is spelled, where dots and slashes are gone."""

_EDGES: Final = " \t\n/\\|*_~`<>()[]@:"

ENCODED: Final = r"%[0-9a-f]{2}"


def _bare(code: str) -> str:
    """Take the code of an invite, be it given as a code or as an address."""
    bare = code.strip().rstrip("/").rpartition("/")[2].partition("?")[0]
    if not bare or not all(sign.isalnum() or sign == "-" for sign in bare):
        raise ValueError(f"{code!r} is no invite: give its code, or its address")
    return bare


Code = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_bare)]
"""The code of an invite."""


class InviteLinks(BaseModel):
    """Which invites may be posted."""

    model_config = FROZEN
    type: Literal["invite_links"] = "invite_links"
    allowed_codes: tuple[Code, ...] = Field(
        default=(),
        max_length=MOST_CODES,
        description="Codes or addresses of invites that may be posted, such as those of this server.",
    )


def codes_in(forms: Forms) -> list[tuple[Form, str, str]]:
    """List the invites of a text: in which form, what was found, its code."""
    found = []
    text = forms.folded
    for _ in range(_DECODED + 1):
        found += [
            (Form.FOLDED, each[0].strip(_EDGES), each[1]) for each in compile_own(ADDRESS).finditer(text)
        ]
        decoded = fold(unquote(text))
        if decoded == text:
            break
        text = decoded
    if forms.squeezed:
        spelled = compile_own(SPELLED).finditer(forms.squeezed)
        found += [(Form.SQUEEZED, each[0].strip(), each[1]) for each in spelled]
    return found


def _needles(_settings: InviteLinks) -> tuple[Needle, ...]:
    # RE2 makes ready what it needs at the first search. Here nobody waits for it; the first message would.
    codes_in(Forms("discord.gg/a d i s c o r d g g a"))
    return Needle(Form.FOLDED, ADDRESS), Needle(Form.FOLDED, ENCODED), Needle(Form.SQUEEZED, SPELLED)


def _matches(settings: InviteLinks, _seen: Observation, forms: Forms, _windows: Windows) -> Match | None:
    allowed = {fold(code) for code in settings.allowed_codes}
    for form, what, code in codes_in(forms):
        if code not in allowed:
            return Match(
                reason=message("an invite to another server (“{code}”)"),
                facts={"code": code},
                form=form,
                what=what,
            )
    return None


TRIGGER: Final = TriggerType(
    name="invite_links",
    title=message("Invites"),
    about=message("A message invites to another server of Discord's."),
    settings=InviteLinks,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=_needles,
    matches=_matches,
)
