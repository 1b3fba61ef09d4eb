"""Squads with real commits: the last place, two at once, one that is closed, a file, an erasure meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.bytes.config import BytesConfig
from app.bytes.domain import Member
from app.bytes.service import save_config
from app.database.engine import TOOL_PATIENCE, connect_database
from app.database.tx import Database, Tx
from app.errors import NotFoundError, SmarterDevError
from app.guilds.domain import Actor
from app.privacy.service import erase_member
from app.squads import moving, saving
from app.squads.config import SquadDraft, SquadsSection
from app.squads.domain import AlreadyMemberError, Cause, NotMemberError, Squad, SquadFullError
from tests.support.guilds import actor, balance_of, give, manager, member, snowflake
from tests.support.locks import until_waiting_for_locks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("verified")]

Doing = Callable[[Tx], Coroutine[Any, Any, object]]


@pytest.fixture(autouse=True)
async def _nobody_begins_with_bytes(database: Database, guild_id: int) -> None:
    async with database.transaction() as tx:
        await save_config(tx, manager(guild_id), BytesConfig(starting_balance=0), expected_version=0)


async def found(database: Database, guild_id: int, name: str, **more: object) -> Squad:
    draft = SquadDraft.model_validate({"name": name, "role_id": str(snowflake())} | more)
    async with database.transaction() as tx:
        boss = manager(guild_id)
        return await saving.save_squad(tx, boss, draft, known=saving.UNSEEN, now=clock.now())


async def at_once(database: Database, *doing: Doing) -> list[object]:
    """Do all of it at the same time, each in a transaction of its own; gives results and refusals."""

    async def one(do: Doing) -> object:
        try:
            async with database.transaction() as tx:
                return await do(tx)
        except SmarterDevError as error:
            return error

    return list(await asyncio.gather(*map(one, doing)))


def going(actor: Actor, squad: Squad, cause: Cause = Cause.JOIN, key: str | None = None) -> Doing:
    async def go(tx: Tx) -> object:
        return await moving.go(
            tx,
            actor,
            squad.id,
            cause,
            most=10**6,
            idempotency_key=key or f"go:{snowflake()}",
            now=clock.now(),
        )

    return go


def leaving(who: Actor) -> Doing:
    async def leave(tx: Tx) -> object:
        return await moving.leave(tx, who, idempotency_key=f"leave:{snowflake()}", now=clock.now())

    return leave


def closing(guild_id: int, squad: Squad) -> Doing:
    async def close(tx: Tx) -> object:
        return await saving.delete_squad(tx, manager(guild_id), squad.id, now=clock.now())

    return close


async def someone(database: Database, guild_id: int, *, has: int = 100) -> tuple[Actor, Member]:
    """Make somebody with bytes for whom squads cost, because they have chosen before."""
    who = member()
    chooser, first = actor(guild_id, who), await found(database, guild_id, f"first of {who.user_id}")
    async with database.transaction() as tx:
        await give(tx, guild_id, who, has)
    for do in (going(chooser, first), leaving(chooser)):
        async with database.transaction() as tx:
            await do(tx)
    async with database.transaction() as tx:
        await saving.delete_squad(tx, manager(guild_id), first.id, now=clock.now())
    return chooser, who


@asynccontextmanager
async def wide(database_url: str, connections: int) -> AsyncIterator[Database]:
    """Have so many connections at once, and the patience to wait on all of them."""
    made = connect_database(database_url, pool_size=connections, patience=TOOL_PATIENCE)
    yield made
    await made.close()


@asynccontextmanager
async def held(database: Database, what: Squad | Member) -> AsyncIterator[None]:
    """Hold the row of a squad, or of a member's balance, so that whoever would lock or enter it waits."""
    row = "squads WHERE id" if isinstance(what, Squad) else "bytes_balances WHERE user_id"
    async with database.transaction() as tx:
        found_by = what.id if isinstance(what, Squad) else what.user_id
        await tx.execute(text(f"SELECT 1 FROM {row} = :id FOR UPDATE"), {"id": found_by})
        yield


async def at_once_behind(database: Database, what: Squad | Member, *doing: Doing) -> list[object]:
    """Do it at the same time, each having come in turn as far as it does without what is held."""
    trying = []
    async with asyncio.TaskGroup() as group, held(database, what):
        for do in doing:
            trying.append(group.create_task(at_once(database, do)))
            await until_waiting_for_locks(database, len(trying))
    return [result for each in trying for result in each.result()]


async def has_now(database: Database, guild_id: int, who: Member) -> int:
    async with database.transaction() as tx:
        return await balance_of(tx, guild_id, who)


async def members_of(database: Database, squad: Squad) -> list[int]:
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT user_id FROM squad_memberships WHERE squad_id = :id ORDER BY 1"), {"id": squad.id}
        )
        return list(rows.scalars())


async def paid(database: Database, guild_id: int) -> int:
    """Count payments for squads."""
    async with database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT count(*) FROM bytes_transactions WHERE guild_id = :id AND kind = 'fee'"),
            {"id": guild_id},
        )
        return int(rows.scalar_one())


def refusals(results: list[object]) -> Counter[type]:
    return Counter(type(each) for each in results if isinstance(each, SmarterDevError))


async def test_of_twenty_for_the_last_place_one_gets_it_and_the_others_keep_their_bytes(
    database: Database, database_url: str, guild_id: int
) -> None:
    squad = await found(database, guild_id, "Red", switch_cost=30, max_members=1)
    people = [await someone(database, guild_id) for _ in range(20)]
    # Held until all of them wait: whoever does not lock has looked before the first one goes.
    async with (
        wide(database_url, len(people)) as door,
        asyncio.TaskGroup() as group,
        held(database, squad),
    ):
        trying = group.create_task(at_once(door, *(going(chooser, squad) for chooser, _ in people)))
        await until_waiting_for_locks(database, len(people))
    results = trying.result()
    assert refusals(results) == {SquadFullError: 19}
    (inside,) = await members_of(database, squad)
    left = {who.user_id: await has_now(database, guild_id, who) for _, who in people}
    assert left.pop(inside) == 70
    assert set(left.values()) == {100}
    assert await paid(database, guild_id) == 1


@pytest.mark.parametrize("attempt", range(5))
async def test_whoever_joins_two_squads_at_once_is_in_one_and_has_paid_once(
    database: Database, guild_id: int, attempt: int
) -> None:
    red = await found(database, guild_id, "Red", switch_cost=30)
    blue = await found(database, guild_id, "Blue", switch_cost=30)
    chooser, who = await someone(database, guild_id)
    results = await at_once(database, going(chooser, red), going(chooser, blue))
    assert refusals(results) == {AlreadyMemberError: 1}
    assert len(await members_of(database, red)) + len(await members_of(database, blue)) == 1
    assert await has_now(database, guild_id, who) == 70


@pytest.mark.parametrize("attempt", range(5))
async def test_a_switch_while_either_squad_is_closed_leaves_nobody_in_a_squad_that_is_gone(
    database: Database, guild_id: int, attempt: int
) -> None:
    red, blue = (
        await found(database, guild_id, "Red"),
        await found(database, guild_id, "Blue", switch_cost=30),
    )
    chooser, who = await someone(database, guild_id)
    async with database.transaction() as tx:
        await going(chooser, red)(tx)
    gone = red if attempt % 2 else blue
    results = await at_once(database, going(chooser, blue, Cause.SWITCH), closing(guild_id, gone))
    assert await members_of(database, gone) == []
    is_inside = await members_of(database, blue) == [who.user_id]
    refused = refusals(results)
    if is_inside:
        assert not refused
    else:  # the other was first: nothing was paid for what did not come about, or for what was there
        assert refused.keys() <= {NotFoundError, NotMemberError}
        assert bool(refused) == (await has_now(database, guild_id, who) == 100)


async def test_a_switch_while_a_file_is_imported_waits_for_it_and_is_not_refused(
    database: Database, guild_id: int
) -> None:
    red, blue = await found(database, guild_id, "Red"), await found(database, guild_id, "Blue")
    first_blue = SquadsSection(
        squads=tuple(SquadDraft(name=each.name, role_id=str(each.role_id)) for each in (blue, red))
    )

    async def importing(tx: Tx) -> None:
        await saving.replace_squads(tx, manager(guild_id), first_blue)

    chooser, _ = actor(guild_id), await at_once(database, importing)
    await at_once(database, going(chooser, red))
    results = await at_once_behind(database, blue, importing, going(chooser, blue, Cause.SWITCH))
    assert not refusals(results)
    assert await members_of(database, blue) == [chooser.user_id]


async def test_whoever_is_erased_while_paying_leaves_nothing_behind_that_names_them(
    database: Database, guild_id: int
) -> None:
    blue = await found(database, guild_id, "Blue", switch_cost=30)
    chooser, who = await someone(database, guild_id)

    async def erasing(tx: Tx) -> object:
        return await erase_member(tx, chooser, idempotency_key=f"erase:{snowflake()}")

    results = await at_once_behind(database, who, going(chooser, blue), erasing)
    assert not refusals(results)
    moved = results[0]
    assert isinstance(moved, moving.Moved)
    if moved.move.cost:  # the erasure came later
        assert await members_of(database, blue) == []
    else:  # to a stranger it is the first choice
        assert await members_of(database, blue) == [who.user_id]


async def test_the_same_interaction_eight_times_has_one_effect_and_one_answer(
    database: Database, guild_id: int
) -> None:
    squad = await found(database, guild_id, "Red", switch_cost=30)
    chooser, who = await someone(database, guild_id)
    results = await at_once(database, *(going(chooser, squad, key="the same") for _ in range(8)))
    assert len({str(each) for each in results}) == 1
    assert isinstance(results[0], moving.Moved)
    assert await has_now(database, guild_id, who) == 70
    assert await paid(database, guild_id) == 1


async def test_leaving_and_joining_costs_what_switching_costs(database: Database, guild_id: int) -> None:
    red, blue = (
        await found(database, guild_id, "Red"),
        await found(database, guild_id, "Blue", switch_cost=30),
    )
    for ways in ([going], [leaving, going]):
        chooser, who = await someone(database, guild_id)
        await at_once(database, going(chooser, red))
        cause = Cause.SWITCH if len(ways) == 1 else Cause.JOIN
        for way in ways:
            (done,) = await at_once(
                database, leaving(chooser) if way is leaving else going(chooser, blue, cause)
            )
            assert isinstance(done, moving.Moved)
        assert await has_now(database, guild_id, who) == 70


async def test_the_first_own_choice_is_free_and_the_default_squad_is_none(
    database: Database, guild_id: int
) -> None:
    default = await found(database, guild_id, "All", is_default=True)
    red = await found(database, guild_id, "Red", switch_cost=30)
    who = member()
    appeared = await asyncio.gather(*(appear(database, guild_id, who) for _ in range(5)))
    assert sorted(appeared) == [False] * 4 + [True]
    assert await members_of(database, default) == [who.user_id]
    (done,) = await at_once(database, going(actor(guild_id, who), red, Cause.SWITCH))
    assert isinstance(done, moving.Moved)
    assert done.move.cost == 0
    await at_once(database, leaving(actor(guild_id, who)))
    assert await appear(database, guild_id, who) is False, "once, and not after leaving"


async def appear(database: Database, guild_id: int, who: Member) -> bool:
    async with database.transaction() as tx:
        return await moving.appear(tx, guild_id, who.user_id, clock.now())
