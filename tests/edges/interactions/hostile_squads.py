"""Squads that are called as badly as can be, as many of them as there can be."""

from typing import TYPE_CHECKING, Any

from app import clock
from app.bytes.domain import Member
from app.squads import moving, saving
from app.squads.config import MOST_SQUADS, SquadDraft
from app.squads.domain import Cause, Pause, Squad
from tests.support.guilds import actor, manager, snowflake
from tests.support.squads import change

if TYPE_CHECKING:
    from tests.edges.interactions.hostile import Stage

Payload = dict[str, Any]


async def _found(stage: "Stage", count: int = 3, **more: object) -> list[Squad]:
    """Make squads with the worst names; the last is paused."""
    visible = " ".join("".join(each for each in stage.words if each.isprintable()).split())
    names = [" ".join(f"{visible[:36]} {number}".split()) for number in range(count)]
    facts = {"description": stage.words, "switch_cost": 1_000_000, "max_members": 1_000_000} | more
    async with stage.database.transaction() as tx:
        made = [
            await saving.save_squad(
                tx,
                manager(stage.guild_id),
                SquadDraft.model_validate({"name": name, "role_id": str(snowflake())} | facts),
                known=saving.UNSEEN,
                now=clock.now(),
            )
            for name in names
        ]
        await saving.pause_squad(tx, stage.guild_id, made[-1].role_id, Pause.TOO_POWERFUL)
    return made


async def _go(stage: "Stage", squad: Squad, cause: Cause, *who: Member) -> None:
    async with stage.database.transaction() as tx:
        for person in who or (stage.ada,):
            await moving.go(
                tx,
                actor(stage.guild_id, person),
                squad.id,
                cause,
                most=10**6,
                idempotency_key=f"hostile:{snowflake()}",
                now=clock.now(),
            )


async def list_(stage: "Stage") -> list[Payload]:
    empty = await stage.use("squads list")
    squads = await _found(stage, MOST_SQUADS)
    new = await stage.use("squads list")
    await _go(stage, squads[0], Cause.JOIN)
    return [empty, new, await stage.use("squads list")]


async def info(stage: "Stage") -> list[Payload]:
    squads = await _found(stage)
    named = (str(squads[0].id), str(squads[-1].id), stage.words[:60])
    return [await stage.use("squads info", squad=each) for each in named]


async def members(stage: "Stage") -> list[Payload]:
    squads = await _found(stage)
    nobody = await stage.use("squads members", squad=str(squads[0].id))
    crowd = [Member(snowflake(), stage.ada.username) for _ in range(21)]
    await _go(stage, squads[0], Cause.JOIN, *crowd)
    return [nobody, await stage.use("squads members", squad=str(squads[0].id))]


async def members_page(stage: "Stage") -> list[Payload]:
    first = (await members(stage))[-1]
    second = await stage.press(first, 1)
    return [second, await stage.press(second, 0)]


async def join(stage: "Stage") -> list[Payload]:
    """Join for nothing, again, one that is paused, one there is not; leave, and be asked."""
    red, blue, paused = await _found(stage)
    joined = [await stage.use("squads join", squad=str(each.id)) for each in (red, red, blue, paused)]
    unknown = await stage.use("squads join", squad=stage.words[:60])
    await stage.use("squads leave")
    return [*joined, unknown, await stage.use("squads join", squad=str(blue.id))]


async def switch(stage: "Stage") -> list[Payload]:
    red, blue, _ = await _found(stage)
    early = await stage.use("squads switch", squad=str(red.id))
    await _go(stage, red, Cause.JOIN)
    return [early, *[await stage.use("squads switch", squad=str(each.id)) for each in (red, blue)]]


async def leave(stage: "Stage") -> list[Payload]:
    await _go(stage, (await _found(stage))[0], Cause.JOIN)
    return [await stage.use("squads leave") for _ in range(2)]


async def confirmed(stage: "Stage") -> list[Payload]:
    """Pay, press again, and be asked again when the price has risen."""
    red, blue, _ = await _found(stage, switch_cost=7)
    await _go(stage, red, Cause.JOIN)
    question = await stage.use("squads switch", squad=str(blue.id))
    paid = [await stage.press(question, 0) for _ in range(2)]
    question = await stage.use("squads switch", squad=str(red.id))
    async with stage.database.transaction() as tx:
        facts = {"name": red.name, "role_id": str(red.role_id), "switch_cost": 1_000_000}
        draft = SquadDraft.model_validate(facts)
        boss = manager(stage.guild_id)
        await change(tx, boss, draft, red.id)
    return [*paid, await stage.press(question, 0)]


async def cancelled(stage: "Stage") -> list[Payload]:
    red, blue, _ = await _found(stage)
    await _go(stage, red, Cause.JOIN)
    return [await stage.press(await stage.use("squads switch", squad=str(blue.id)), 1)]


async def _suggested(stage: "Stage", path: str) -> list[Payload]:
    await _found(stage, MOST_SQUADS)
    return [await stage.type(path, "squad", typed) for typed in ("", stage.words[:60])]


CASES = {
    "/squads list": list_,
    "/squads info": info,
    "/squads members": members,
    "/squads join": join,
    "/squads switch": switch,
    "/squads leave": leave,
    "control squad-members": members_page,
    "control squad": confirmed,
    "control squad-no": cancelled,
    "typing squad of /squads info": lambda stage: _suggested(stage, "squads info"),
    "typing squad of /squads members": lambda stage: _suggested(stage, "squads members"),
    "typing squad of /squads join": lambda stage: _suggested(stage, "squads join"),
    "typing squad of /squads switch": lambda stage: _suggested(stage, "squads switch"),
}
"""What is run -> how it is used."""
