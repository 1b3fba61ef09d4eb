"""`/squads`: looking at teams, joining one, switching, leaving. What costs is asked first."""

from typing import Annotated, Final
from uuid import UUID

from app.access.policy import Action
from app.database.tx import Tx
from app.discord.reply import ButtonStyle, Kind, Reply, clip
from app.discord.text import literal
from app.features import SQUADS
from app.squads import moving, service
from app.squads.config import MOST_SQUADS
from app.squads.domain import PAUSES, Cause, CostChangedError, member_count
from app.squads.moving import Moved, Quote
from app.squads.service import Standing
from app.wording import Count, Mention, Term, byte_count
from interactions.command import Command, Control, Subcommand
from interactions.context import Context
from interactions.controls import button, pager
from interactions.custom_id import number_of, parts_of
from interactions.errors import OutdatedControlError
from interactions.options import Choice, Option

_LONGEST: Final = 60
"""Characters of what is given as a squad: an id has 36, a name 40."""

_LISTED: Final = 20
"""Characters of a name in the list, so that as many squads as there can be fit into one reply, escaped."""

_LAST_PAGE: Final = 1_000_000
_LARGEST_COST: Final = 2**31 - 1

_WAYS: Final = {"j": Cause.JOIN, "s": Cause.SWITCH}
"""How a button calls a way into a squad."""


async def _suggest_any(ctx: Context, typed: str) -> list[Choice]:
    async with ctx.reading() as tx:
        found = await service.list_squads(tx, ctx.actor)
    return _choices(ctx, found, typed)


async def _suggest_open(ctx: Context, typed: str) -> list[Choice]:
    """Offer the squads somebody could go to now."""
    async with ctx.reading() as tx:
        found = await service.list_squads(tx, ctx.actor)
    return _choices(
        ctx,
        [each for each in found if each.squad.is_open and each.cost is not None and each.free_places != 0],
        typed,
    )


_ANY: Final = Option("Which squad; type a part of its name", max_length=_LONGEST, autocomplete=_suggest_any)
_OPEN: Final = Option("Where to; type a part of its name", max_length=_LONGEST, autocomplete=_suggest_open)


async def list_(ctx: Context) -> Reply:
    """Show every squad that is not closed: members, free places, cost."""
    async with ctx.transaction() as tx:
        await _appear(ctx, tx)
        found = await service.list_squads(tx, ctx.actor)
    title = ctx.say("Squads")
    if not found:
        return Reply(Kind.SQUADS, title, (ctx.say("This server has no squads (yet)."),))
    lines = [_line(ctx, each, _LISTED) for each in found]
    if any(_is_free_choice(each) for each in found):
        lines.append("-# " + ctx.say("Your first choice is free, whatever the squad costs."))
    elif all(each.cost is not None for each in found):
        lines.append("-# " + ctx.say("You are in no squad; `/squads join` is how to begin."))
    return Reply(Kind.SQUADS, title, tuple(lines))


async def info(ctx: Context, squad: Annotated[str, _ANY]) -> Reply:
    """Show one squad, also a closed one."""
    async with ctx.transaction() as tx:
        await _appear(ctx, tx)
        standing = await service.find_squad(tx, ctx.actor, squad)
    about = standing.squad
    lines = [_line(ctx, standing)]
    if about.description:
        lines.append(literal(about.description))
    lines.append(ctx.say("Role: <@&{role}>", role=str(about.role_id)))
    if about.is_default:
        lines.append(ctx.say("Everybody begins here."))
    if about.paused_because is not None:
        lines.append(
            ctx.say("It takes nobody for now: {why}.", why=Term(PAUSES[about.paused_because])),
        )
    elif _is_free_choice(standing):
        lines.append(ctx.say("Your first choice is free, whatever the squad costs."))
    return Reply(Kind.SQUADS, ctx.say("Squad"), tuple(lines))


async def members(ctx: Context, squad: Annotated[str, _ANY]) -> Reply:
    """Show who is in a squad, those who have been there longest first."""
    async with ctx.transaction() as tx:
        await _appear(ctx, tx)
        standing = await service.find_squad(tx, ctx.actor, squad)
        return await _members(ctx, tx, standing.squad.id, 1)


async def turn_page(ctx: Context, row: str) -> Reply:
    """Show other members of a squad in place of these."""
    squad, page = parts_of(row, 2)
    async with ctx.reading() as tx:
        return await _members(ctx, tx, _id_of(squad), number_of(page, _LAST_PAGE), replaces=True)


async def join(ctx: Context, squad: Annotated[str, _OPEN]) -> Reply:
    """Go into a squad: at once where that is free, else after a question."""
    return await _go(ctx, squad, Cause.JOIN)


async def switch(ctx: Context, squad: Annotated[str, _OPEN]) -> Reply:
    """Go from one squad to another: at once where that is free, else after a question."""
    return await _go(ctx, squad, Cause.SWITCH)


async def confirm(ctx: Context, row: str) -> Reply:
    """Go there for at most what the button says; if it costs more by now, ask again in its place."""
    way, squad, cost = parts_of(row, 3)
    if way not in _WAYS:
        raise OutdatedControlError
    cause, squad_id = _WAYS[way], _id_of(squad)
    try:
        async with ctx.transaction() as tx:
            moved = await moving.go(
                tx,
                ctx.actor,
                squad_id,
                cause,
                most=number_of(cost, _LARGEST_COST),
                idempotency_key=ctx.idempotency_key,
                now=ctx.now,
            )
    except CostChangedError:
        async with ctx.transaction() as tx:
            quote = await moving.quote_move(tx, ctx.actor, squad_id, cause, now=ctx.now)
        return _question(ctx, quote, cause, has_changed=True)
    return _moved(ctx, moved, replaces=True)


async def cancel(ctx: Context, _row: str) -> Reply:
    """Take the question back; it uses up both buttons."""
    async with ctx.transaction():
        pass
    nothing = ctx.say("You have paid nothing. Everything is as it was.")
    return Reply(Kind.INFO, ctx.say("Cancelled"), (nothing,), replaces=True)


async def leave(ctx: Context) -> Reply:
    """Be in no squad."""
    async with ctx.transaction() as tx:
        await _appear(ctx, tx)
        moved = await moving.leave(tx, ctx.actor, idempotency_key=ctx.idempotency_key, now=ctx.now)
    return _moved(ctx, moved)


COMMAND: Final = Command(
    name="squads",
    description="Teams of this server: look at them, join one, switch, leave",
    feature=SQUADS,
    subcommands=(
        Subcommand("list", "All squads: members, free places, costs", list_, Action.USE_SQUADS),
        Subcommand("info", "One squad, and what going there costs", info, Action.USE_SQUADS),
        Subcommand("members", "Who is in a squad", members, Action.USE_SQUADS),
        Subcommand("join", "Go into a squad; asks first if that costs bytes", join, Action.USE_SQUADS),
        Subcommand(
            "switch", "Go to another squad; asks first if that costs bytes", switch, Action.USE_SQUADS
        ),
        Subcommand("leave", "Leave your squad; bytes are not given back", leave, Action.USE_SQUADS),
    ),
)
PAGE: Final = Control("squad-members", turn_page, SQUADS)
CONFIRM: Final = Control("squad", confirm, SQUADS, once=True)
CANCEL: Final = Control("squad-no", cancel, feature=None, once=True)
CONTROLS: Final = (PAGE, CONFIRM, CANCEL)


async def _appear(ctx: Context, tx: Tx) -> None:
    """Have a newcomer begin where everybody does.

    Whoever joins goes straight to where they want instead: that is how they appear.
    """
    await moving.appear(tx, ctx.actor.guild_id, ctx.actor.user_id, ctx.now)


async def _go(ctx: Context, wanted: str, cause: Cause) -> Reply:
    async with ctx.transaction() as tx:
        standing = await service.find_squad(tx, ctx.actor, wanted)
        if cause is Cause.SWITCH:
            await _appear(ctx, tx)
        try:
            moved = await moving.go(
                tx,
                ctx.actor,
                standing.squad.id,
                cause,
                most=0,
                idempotency_key=ctx.idempotency_key,
                now=ctx.now,
            )
        except CostChangedError:  # nobody has agreed to pay anything yet
            quote = await moving.quote_move(tx, ctx.actor, standing.squad.id, cause, now=ctx.now)
            return _question(ctx, quote, cause)
    return _moved(ctx, moved)


def _question(ctx: Context, quote: Quote, cause: Cause, *, has_changed: bool = False) -> Reply:
    """Ask whether somebody wants to pay; the price they see is sealed in the button."""
    cost = byte_count(quote.cost)
    lines = [ctx.say("Going into “{squad}” costs **{cost}**.", squad=quote.squad.name, cost=cost)]
    if has_changed:
        lines.insert(0, ctx.say("The price has risen. You have paid nothing so far."))
    if quote.current is not None:
        lines.append(ctx.say("You would leave “{squad}”.", squad=quote.current.name))
    if quote.balance is not None:
        lines.append(
            ctx.say(
                "You have {balance} and would have {left} left.",
                balance=byte_count(quote.balance),
                left=byte_count(quote.balance - quote.cost),
            )
        )
    lines.append(ctx.say("They are burned: nobody gets them, and they are not given back."))
    lines.append(ctx.say("Nothing has been done yet."))
    way = next(short for short, each in _WAYS.items() if each is cause)
    row = f"{way}-{quote.squad.id.hex}-{quote.cost}"
    return Reply(
        Kind.SQUADS,
        ctx.say("Pay for this squad?"),
        tuple(lines),
        ephemeral=True,
        controls=(
            (
                button(ctx, CONFIRM, ctx.say("Pay {cost}", cost=cost), row, style=ButtonStyle.PRIMARY),
                button(ctx, CANCEL, ctx.say("Cancel")),
            ),
        ),
        replaces=has_changed,
    )


def _moved(ctx: Context, moved: Moved, *, replaces: bool = False) -> Reply:
    """Say what became of a move, from what was written down alone, so that a repeat reads the same."""
    lines = []
    me = Mention(ctx.actor.user_id)
    if moved.entered is not None:
        lines.append(ctx.say("{member} is now in “{squad}”.", member=me, squad=moved.entered.name))
    if moved.left is not None:
        lines.append(ctx.say("{member} has left “{squad}”.", member=me, squad=moved.left.name))
    if moved.balance is not None:
        lines.append(
            ctx.say(
                "Paid: {cost} · {left} left",
                cost=byte_count(moved.move.cost),
                left=byte_count(moved.balance),
            )
        )
    elif moved.entered is not None:
        lines.append(ctx.say("This was free."))
    lines.append("-# " + ctx.say("The roles follow in a moment."))
    title = ctx.say("Squad left") if moved.entered is None else ctx.say("Squad joined")
    return Reply(Kind.SQUADS, title, tuple(lines), replaces=replaces)


async def _members(ctx: Context, tx: Tx, squad_id: UUID, page: int, *, replaces: bool = False) -> Reply:
    view = await service.view_members(tx, ctx.actor, squad_id, page)
    lines = [_line(ctx, view.standing)]
    lines += [
        ctx.say("{member} came {at}", member=Mention(user_id), at=joined_at)
        for user_id, joined_at in view.rows
    ]
    lines.append("-# " + ctx.say("Page {page} of {pages}", page=view.page, pages=view.pages))
    buttons = pager(
        ctx,
        PAGE,
        f"{squad_id.hex}-{page - 1}" if page > 1 else None,
        f"{squad_id.hex}-{page + 1}" if page < view.pages else None,
    )
    return Reply(
        Kind.SQUADS,
        ctx.say("Members of a squad"),
        tuple(lines),
        controls=(buttons,) if buttons else (),
        replaces=replaces,
    )


def _line(ctx: Context, standing: Standing, longest: int = _LONGEST) -> str:
    """Write a squad in one line: name, members, free places, cost, and what is special about it."""
    squad = standing.squad
    parts = [f"**{literal(clip(squad.name, longest))}**", *_facts(ctx, standing)]
    if standing.cost is None:
        parts.append("**" + ctx.say("your squad") + "**")
    return " · ".join(parts)


def _facts(ctx: Context, standing: Standing) -> list[str]:
    squad, places = standing.squad, standing.free_places
    facts = [ctx.language.count(member_count(standing.members))]
    if places == 0:
        facts.append(ctx.say("full"))
    elif places is not None:
        facts.append(ctx.language.count(Count(places, "{n} place free", "{n} places free")))
    facts.append(
        ctx.language.count(byte_count(squad.switch_cost)) if squad.switch_cost else ctx.say("costs nothing")
    )
    if not squad.is_active:
        facts.append(ctx.say("closed"))
    elif squad.paused_because is not None:
        facts.append(ctx.say("paused"))
    return facts


def _is_free_choice(standing: Standing) -> bool:
    """Tell whether it costs, but nothing for whoever looks."""
    return standing.cost == 0 < standing.squad.switch_cost


def _choices(ctx: Context, found: list[Standing], typed: str) -> list[Choice]:
    wanted = " ".join(typed.split()).casefold()
    return [
        Choice(" · ".join([each.squad.name, *_facts(ctx, each)]), str(each.squad.id))
        for each in found[:MOST_SQUADS]
        if wanted in each.squad.name.casefold()
    ]


def _id_of(part: str) -> UUID:
    try:
        return UUID(hex=part)
    except ValueError:
        raise OutdatedControlError from None
