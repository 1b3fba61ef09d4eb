"""`/case`: looking at cases, changing them, taking them back; and one's own."""

from typing import Annotated, Final

from app.access.policy import Action, ModerationAction
from app.discord.reply import Button, Kind, Reply, clip
from app.discord.text import literal
from app.features import MODERATION
from app.language import timestamp
from app.moderation import changing, reading
from app.moderation.cases import CaseEvent, CaseFilter, CasePage
from app.moderation.domain import MAX_REASON, CaseAction, CaseStatus
from app.moderation.rendering import STATUSES, WORDS, case_facts, case_line, case_reply
from app.wording import Mention, message
from interactions.command import Command, Control, Menu, Opened, Subcommand
from interactions.context import Context
from interactions.controls import pager
from interactions.custom_id import number_of, parts_of
from interactions.errors import OutdatedControlError
from interactions.moderation import suggest_reasons
from interactions.options import Choice, Option, TargetUser

_LARGEST: Final = 2**31 - 1
_LAST_PAGE: Final = 99_999
_ACTIONS: Final = tuple(CaseAction)
_STATUSES: Final = tuple(CaseStatus)

_SHOWN_BEFORE: Final = 120
"""Characters of an earlier reason in a timeline."""

_EVENTS: Final = {
    "opened": message("opened"),
    "carried_out": message("carried out"),
    "failed": message("could not be carried out"),
    "lifted": message("lifted"),
    "lifted_in_discord": message("lifted in Discord"),
    "expired": message("its time was over"),
    "not_ended": message("could not be ended"),
    "edited": message("another reason"),
    "resolved": message("dealt with"),
    "undone": message("undone"),
}
"""What happened to a case -> how it reads in its timeline."""


async def suggest_cases(ctx: Context, typed: str) -> list[Choice]:
    """Offer cases by number, member or reason."""
    async with ctx.reading() as tx:
        found = await reading.suggest_cases(tx, ctx.actor, typed)
    return [
        Choice(
            " · ".join(
                part
                for part in (
                    f"#{case.number}",
                    ctx.say(WORDS[case.action].name),
                    case.user_tag,
                    case.reason,
                )
                if part
            ),
            case.number,
        )
        for case in found
    ]


_NUMBER: Final = Option(
    "Number of the case; type a name", minimum=1, maximum=_LARGEST, autocomplete=suggest_cases
)


async def view(ctx: Context, number: Annotated[int, _NUMBER]) -> Reply:
    """Show a case from its beginning."""
    async with ctx.reading() as tx:
        found = await reading.view_case(tx, ctx.actor, number)
    case = found.case
    lines = case_facts(ctx.language, case)
    if found.linked is not None:
        lines.append(ctx.say("Belongs to case #{number}", number=str(found.linked.number)))
    lines += [_event(ctx, event) for event in found.events]
    title = ctx.say("Case #{number}", number=str(case.number))
    return Reply(Kind.INFO, title, tuple(lines), ephemeral=True)


async def list_cases(
    ctx: Context,
    user: Annotated[TargetUser | None, Option("About whom")] = None,
    *,
    moderator: Annotated[TargetUser | None, Option("By whom")] = None,
    action: Annotated[
        str | None, Option("Which kind", choices=tuple(Choice(WORDS[a].name, a.value) for a in _ACTIONS))
    ] = None,
    status: Annotated[
        str | None, Option("In which state", choices=tuple(Choice(STATUSES[s], s.value) for s in _STATUSES))
    ] = None,
    text: Annotated[str | None, Option("Words of the reason or of the name", max_length=100)] = None,
) -> Reply:
    """List cases, the newest first."""
    wanted = CaseFilter(
        user_id=None if user is None else user.user_id,
        moderator_id=None if moderator is None else moderator.user_id,
        action=None if action is None else CaseAction(action),
        status=None if status is None else CaseStatus(status),
        text=(text or "").strip() or None,
    )
    return await _list(ctx, wanted, 1)


async def view_cases(ctx: Context, user: TargetUser) -> Reply:
    """List the cases about a member, from the menu."""
    return await _list(ctx, CaseFilter(user_id=user.user_id), 1)


async def turn_list(ctx: Context, row: str) -> Reply:
    """Show another page of a list in place of this one."""
    user, moderator, action, status, page = parts_of(row, 5)
    try:
        wanted = CaseFilter(
            user_id=int(user, 16) or None,
            moderator_id=int(moderator, 16) or None,
            action=_ACTIONS[int(action) - 1] if int(action) else None,
            status=_STATUSES[int(status) - 1] if int(status) else None,
        )
    except (ValueError, IndexError):
        raise OutdatedControlError from None
    return await _list(ctx, wanted, number_of(page, _LAST_PAGE), replaces=True)


async def mine(ctx: Context) -> Reply:
    """Show one's own cases, what they mean, and how to appeal."""
    return await _mine(ctx, 1)


async def turn_mine(ctx: Context, page: str) -> Reply:
    """Show another page of one's own cases in place of this one."""
    return await _mine(ctx, number_of(page, _LAST_PAGE), replaces=True)


async def edit(
    ctx: Context,
    number: Annotated[int, _NUMBER],
    reason: Annotated[
        str, Option("The reason from now on", max_length=MAX_REASON, autocomplete=suggest_reasons)
    ],
) -> Reply:
    """Write another reason; the one before is kept in the timeline."""
    async with ctx.transaction() as tx:
        case = await changing.edit_reason(tx, ctx.actor, number, reason)
    title = ctx.say("Reason changed")
    return Reply(Kind.DONE, title, tuple(case_facts(ctx.language, case)), ephemeral=True)


async def resolve(ctx: Context, number: Annotated[int, _NUMBER]) -> Reply:
    """Note that a case has been dealt with."""
    async with ctx.transaction() as tx:
        case = await changing.resolve_case(tx, ctx.actor, number, now=ctx.now)
    return Reply(Kind.DONE, ctx.say("Dealt with"), tuple(case_facts(ctx.language, case)), ephemeral=True)


async def undo(
    ctx: Context,
    number: Annotated[int, _NUMBER],
    reason: Annotated[str | None, Option("Why it should not have been", max_length=MAX_REASON)] = None,
) -> Reply:
    """Take a case back: it is marked, and what it did is lifted."""
    async with ctx.reading() as tx:
        found = await reading.view_case(tx, ctx.actor, number)
    ranks = None
    if found.case.user_id > 0:
        with ctx.deadline():
            ranks = await ctx.ranks_of(found.case.user_id)
    async with ctx.transaction() as tx:
        undone = await changing.undo_case(
            tx,
            ctx.actor,
            number,
            reason=reason,
            ranks=ranks,
            interaction_id=ctx.interaction_id,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        if undone.counter is not None:
            await ctx.keep_reply(tx)
    said = ctx.say("Case #{number} is undone.", number=str(number))
    if undone.counter is None:
        return Reply(Kind.DONE, ctx.say("Undone"), (said,))
    reply = case_reply(ctx.language, [undone.counter])
    return Reply(reply.kind, reply.title, (said, *reply.lines))


COMMAND: Final = Command(
    name="case",
    description="Moderation cases: yours, and for moderators everybody's",
    feature=MODERATION,
    shown_to_everybody=True,
    subcommands=(
        Subcommand("mine", "Your own cases, what they mean, how to appeal", mine, Action.VIEW_OWN_CASES),
        Subcommand("view", "A case from its beginning", view, ModerationAction.VIEW_CASES),
        Subcommand("list", "Cases by member, moderator, kind", list_cases, ModerationAction.VIEW_CASES),
        Subcommand("edit", "Change the reason of a case", edit, ModerationAction.EDIT_CASE),
        Subcommand("resolve", "Note that a case was dealt with", resolve, ModerationAction.RESOLVE_CASE),
        Subcommand("undo", "Take a case back and lift its sanction", undo, ModerationAction.UNDO_CASE),
    ),
)
MENUS: Final = (Menu("View cases", Opened.USER, view_cases, MODERATION, ModerationAction.VIEW_CASES),)
CASES_PAGE: Final = Control("cases", turn_list, MODERATION)
MINE_PAGE: Final = Control("case-mine", turn_mine, MODERATION)
CONTROLS: Final = (CASES_PAGE, MINE_PAGE)


async def _list(ctx: Context, wanted: CaseFilter, page: int, *, replaces: bool = False) -> Reply:
    async with ctx.reading() as tx:
        found = await reading.list_cases(tx, ctx.actor, wanted, page)
    title = ctx.say("Cases")
    if not found.cases:
        nothing = ctx.say("There is no such case.")
        return Reply(Kind.INFO, title, (nothing,), ephemeral=True, replaces=replaces)
    lines = [case_line(ctx.language, case, with_member=wanted.user_id is None) for case in found.cases]
    if wanted.user_id is not None:
        lines.insert(0, ctx.say("About {member}, newest first", member=Mention(wanted.user_id)))
    lines.append(_where(ctx, found))
    buttons: tuple[Button, ...] = ()
    if wanted.text is None:
        buttons = pager(ctx, CASES_PAGE, *(_row(wanted, to) for to in _beside(found)))
    elif found.pages > 1:
        lines.append("-# " + ctx.say("These are the newest; more filters lead to the others."))
    return Reply(
        Kind.INFO,
        title,
        tuple(lines),
        ephemeral=True,
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )


async def _mine(ctx: Context, page: int, *, replaces: bool = False) -> Reply:
    async with ctx.reading() as tx:
        found, config = await reading.own_cases(tx, ctx.actor, page)
    title = ctx.say("Your cases")
    if not found.cases:
        nothing = ctx.say("There is no case about you in this server.")
        return Reply(Kind.INFO, title, (nothing,), ephemeral=True, replaces=replaces)
    lines = [case_line(ctx.language, case, with_member=False) for case in found.cases]
    lines.append(ctx.say("“In force” still counts or lasts; what is struck through was taken back."))
    if config.appeal_url is not None:
        lines.append(ctx.say("You can appeal here:") + f" <{config.appeal_url}>")
    else:
        lines.append(
            ctx.say("To appeal, write to the moderators of this server, with the number of the case.")
        )
    lines.append(_where(ctx, found))
    before, after = (None if to is None else str(to) for to in _beside(found))
    buttons = pager(ctx, MINE_PAGE, before, after)
    return Reply(
        Kind.INFO,
        title,
        tuple(lines),
        ephemeral=True,
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )


def _where(ctx: Context, found: CasePage) -> str:
    return "-# " + ctx.say(
        "Page {page} of {pages} · {cases} cases", page=found.page, pages=found.pages, cases=found.total
    )


def _beside(found: CasePage) -> tuple[int | None, int | None]:
    """Tell which pages are before and after this one."""
    return (
        found.page - 1 if found.page > 1 else None,
        found.page + 1 if found.page < found.pages else None,
    )


def _row(wanted: CaseFilter, page: int | None) -> str | None:
    """Write what a page is about into a button; ids in hexadecimal, because a custom id is short."""
    if page is None:
        return None
    action = 0 if wanted.action is None else _ACTIONS.index(wanted.action) + 1
    status = 0 if wanted.status is None else _STATUSES.index(wanted.status) + 1
    return f"{wanted.user_id or 0:x}-{wanted.moderator_id or 0:x}-{action}-{status}-{page}"


def _event(ctx: Context, event: CaseEvent) -> str:
    parts = [f"- {timestamp(event.created_at, 'f')}", ctx.say(_EVENTS[event.what])]
    if event.actor_id:
        parts.append(ctx.language.mention(event.actor_id))
    if event.what == "edited" and event.before is not None:
        before = event.before.get("reason") or "—"
        parts.append(ctx.say("before:") + " " + literal(clip(before, _SHOWN_BEFORE)))
    return " · ".join(parts)
