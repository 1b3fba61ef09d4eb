"""`/incident`: many cases that are one thing, looked at and taken back as one."""

from typing import Annotated, Final

from app.access.policy import ModerationAction
from app.discord.reply import ButtonStyle, Kind, Reply
from app.features import MODERATION
from app.moderation import incidents as moderation_incidents
from app.moderation.incident_rendering import case_count, incident_facts, incident_reply
from app.moderation.rendering import case_line
from app.wording import Count
from interactions.command import Command, Control, Subcommand
from interactions.context import Context
from interactions.controls import button, pager
from interactions.custom_id import number_of, parts_of
from interactions.options import Option

_LARGEST: Final = 2**31 - 1
_PAGE: Final = 8
"""Cases on one page: as many of the longest as fit below what the incident is."""

_NUMBER: Final = Option("Number of the incident", minimum=1, maximum=_LARGEST)


async def view(ctx: Context, number: Annotated[int, _NUMBER]) -> Reply:
    """Show an incident and its cases."""
    return await _view(ctx, number, 1)


async def turn_page(ctx: Context, row: str) -> Reply:
    """Show other cases of an incident in place of these."""
    number, page = parts_of(row, 2)
    return await _view(ctx, number_of(number, _LARGEST), number_of(page, _LARGEST), replaces=True)


async def ask_whether_to_undo(ctx: Context, number: Annotated[int, _NUMBER]) -> Reply:
    """Say how many cases would be taken back, and ask."""
    async with ctx.reading() as tx:
        found = await moderation_incidents.find_undoable(tx, ctx.actor, number)
    count, row = len(found.cases), str(number)
    yes = ctx.language.count(Count(count, "Undo {n} case", "Undo {n} cases"))
    return Reply(
        Kind.REFUSED,
        ctx.language.count(Count(count, "Undo {n} case?", "Undo {n} cases?")),
        (
            ctx.say(
                "{cases} of incident #{number} are in force or about to be.",
                cases=case_count(count),
                number=str(number),
            ),
            ctx.say("They are marked as undone, and their bans and time-outs are lifted."),
            ctx.say("Discord lifts one at a time, so of many it takes some minutes."),
            ctx.say("Nothing has been done yet."),
        ),
        ephemeral=True,
        controls=(
            (
                button(ctx, UNDO, yes, row, style=ButtonStyle.DANGER),
                button(ctx, KEEP, ctx.say("Cancel"), row),
            ),
        ),
    )


async def undo(ctx: Context, row: str) -> Reply:
    """Take an incident back, and say so in place of the question; the worker tells the rest."""
    async with ctx.transaction() as tx:
        undone = await moderation_incidents.undo_incident(
            tx,
            ctx.actor,
            number_of(row, _LARGEST),
            interaction_id=ctx.interaction_id,
            idempotency_key=ctx.idempotency_key,
            now=ctx.now,
        )
        if undone.counters:
            await ctx.keep_reply(tx)
    said = ctx.say(
        "Incident #{number} is undone: {cases}.",
        number=str(undone.incident.number),
        cases=case_count(undone.count),
    )
    if not undone.counters:
        return Reply(Kind.DONE, ctx.say("Undone"), (said,), replaces=True)
    reply = incident_reply(ctx.language, undone.incident, undone.counters)
    return Reply(reply.kind, reply.title, (said, *reply.lines), replaces=True)


async def keep(ctx: Context, _row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    async with ctx.transaction():
        pass
    nothing = ctx.say("Nothing was undone. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Cancelled"), (nothing,), replaces=True)


COMMAND: Final = Command(
    name="incident",
    description="Incidents: many cases that are one thing",
    feature=MODERATION,
    subcommands=(
        Subcommand("view", "An incident and its cases", view, ModerationAction.VIEW_CASES),
        Subcommand(
            "undo",
            "Take an incident back and lift all its sanctions; asks first",
            ask_whether_to_undo,
            ModerationAction.UNDO_CASE,
        ),
    ),
)
PAGE: Final = Control("incident", turn_page, MODERATION)
UNDO: Final = Control("incident-undo", undo, MODERATION, once=True)
KEEP: Final = Control("incident-keep", keep, feature=None, once=True)
CONTROLS: Final = (PAGE, UNDO, KEEP)


async def _view(ctx: Context, number: int, page: int, *, replaces: bool = False) -> Reply:
    async with ctx.reading() as tx:
        found = await moderation_incidents.view_incident(tx, ctx.actor, number)
    pages = max(1, -(-len(found.cases) // _PAGE))
    page = min(page, pages)
    shown = found.cases[(page - 1) * _PAGE : page * _PAGE]
    lines = incident_facts(ctx.language, found.incident, found.cases)
    lines += [case_line(ctx.language, case) for case in shown]
    lines.append("-# " + ctx.say("Page {page} of {pages}", page=page, pages=pages))
    buttons = pager(
        ctx,
        PAGE,
        f"{number}-{page - 1}" if page > 1 else None,
        f"{number}-{page + 1}" if page < pages else None,
    )
    return Reply(
        Kind.INFO,
        ctx.say("Incident #{number}", number=str(number)),
        tuple(lines),
        ephemeral=True,
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )
