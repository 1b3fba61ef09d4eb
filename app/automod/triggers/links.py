"""Links to places that are not wanted, or to any but those that are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final, Literal, Self
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, Field, model_validator

from app.automod.addresses import Link, host_of, is_within_one, links_in, unicode_host
from app.automod.fields import FROZEN
from app.automod.folding import fold, readings
from app.automod.keywords import quoted
from app.automod.observation import Kind, Observation
from app.automod.patterns import compile_own
from app.automod.text import Form, Forms, Match
from app.automod.trigger import Needle, TriggerType
from app.automod.windows import Windows
from app.wording import message

MOST: Final = 250

_CLEAR: Final = 4
"""A name of so many letters is also found around a spelled dot; "t dot me" may be a sentence."""

_SPELLED_DOT: Final = r"(?:\.|\s\.\s|\s?[(\[]\s?(?:\.|dot)\s?[)\]]\s?|\sdot\s)"
_PARTS: Final = re.compile(_SPELLED_DOT)  # noqa: TID251 - ours, not a user's; run on one domain
_ANY: Final = r"h(?:tt|xx)ps?:|www\.|\.\pL+(?:[/\\]|:\d)"


class Listed(StrEnum):
    """What the list of domains is."""

    DENY = "deny"
    ALLOW = "allow"


def _domain(text: str) -> str:
    """Take the domain of what was given: a domain, with or without `*.`, or an address."""
    rest = text.strip().partition("://")[2] or text.strip()
    host, _ = host_of(rest.removeprefix("*."))
    if "." not in host or not host.isascii():
        raise ValueError(f"{text!r} is no domain: write it like example.com")
    return host


Domain = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(_domain)]
"""A domain, kept in lower-case ASCII."""


class Links(BaseModel):
    """Where links may lead."""

    model_config = FROZEN
    type: Literal["links"] = "links"
    listed: Listed = Field(
        Listed.DENY, description="deny: no links to these domains; allow: links to no others."
    )
    domains: tuple[Domain, ...] = Field(
        default=(), max_length=MOST, description="Domains such as example.com; what is in them counts, too."
    )
    deceptive: bool = Field(
        default=True,
        description="Also links that lead elsewhere than they look: [a.com](https://b.com), https://a.com@b.com.",
    )

    @model_validator(mode="after")
    def _looks_for_something(self) -> Self:
        if self.listed is Listed.DENY and not self.domains and not self.deceptive:
            raise ValueError("no domain is listed, so nothing can ever be found: list one")
        return self


@dataclass(frozen=True, slots=True)
class Denied:
    """What finds denied domains in a folded text, linked or not.

    Attributes:
        pattern: Group 1 is the domain.
        domains: What may be found, with plain dots -> the domain, as people read it.
    """

    pattern: str
    domains: Mapping[str, str]


@lru_cache(maxsize=1_024)
def denied(domains: tuple[str, ...]) -> Denied:
    """Make what finds domains."""
    written: dict[str, None] = {}
    known: dict[str, str] = {}
    for domain in domains:
        readable = unicode_host(domain)
        for form in (domain, *readings(readable)):
            labels = form.split(".")
            dot = _SPELLED_DOT if len(labels[-2]) >= _CLEAR else r"\."
            written[dot.join(map(quoted, labels))] = None
            known[form] = readable
    return Denied(rf"(?:^|[^\pL\pN-])({'|'.join(written)})\.*(?:[^\pL\pN.-]|$)", known)


def _needles(settings: Links) -> tuple[Needle, ...]:
    anything = Needle(Form.FOLDED, _ANY)
    # RE2 makes ready what it needs at the first search. Here nobody waits for it; the first message would.
    tuple(links_in("[https://a.example](https://b.example/) www.c.example d.example/"))
    if settings.listed is Listed.ALLOW or not settings.domains:
        return (anything,)
    return Needle(Form.FOLDED, denied(settings.domains).pattern), anything


def _matches(settings: Links, _seen: Observation, forms: Forms, _windows: Windows) -> Match | None:
    if settings.listed is Listed.DENY and settings.domains:
        found = _denied(settings, forms)
        if found is not None:
            return found
    domains = frozenset(settings.domains)
    for link in forms.links:
        if settings.deceptive and link.claims is not None:
            return Match(
                reason=message("a link that looks like {claims} and leads to {host}"),
                facts={"claims": link.claims, "host": link.host},
                what=link.what,
            )
        if _is_unwanted(settings, link, domains):
            return _found(link.host, Form.WRITTEN, link.what)
    return None


def _is_unwanted(settings: Links, link: Link, domains: frozenset[str]) -> bool:
    if settings.listed is Listed.ALLOW:
        return not is_within_one(link.host, domains)  # a look-alike of an allowed domain is another domain
    if not domains or is_within_one(link.host, domains):
        return bool(domains)
    readable = unicode_host(link.host)
    # in ASCII it was read as it stands
    return readable != link.host and any(is_within_one(host, domains) for host in readings(readable))


def _denied(settings: Links, forms: Forms) -> Match | None:
    """Find a denied domain in what was written, linked or not, encoded or not."""
    wanted = denied(settings.domains)
    pattern = compile_own(wanted.pattern)
    texts = [forms.folded]
    if "%" in forms.folded:
        texts.append(fold(unquote(forms.folded)))
    for text in texts:
        found = pattern.search(text)
        if found is not None:
            dotted = ".".join(_PARTS.split(found[1]))
            return _found(wanted.domains.get(dotted, dotted), Form.FOLDED, found[1])
    return None


def _found(host: str, form: Form, what: str) -> Match:
    return Match(reason=message("a link to {host}"), facts={"host": host}, form=form, what=what)


TRIGGER: Final = TriggerType(
    name="links",
    title=message("Links"),
    about=message(
        "A message links to a domain that is not wanted, or to one that is not what it looks like."
    ),
    settings=Links,
    kinds=frozenset({Kind.MESSAGE, Kind.EDIT}),
    needles=_needles,
    matches=_matches,
)
