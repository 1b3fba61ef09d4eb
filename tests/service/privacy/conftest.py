"""A member with a row in everything there is, and a look at all of it."""

import secrets
from string import ascii_lowercase

import pytest
from sqlalchemy import text

from app import clock
from app.analytics import service as analytics_service
from app.analytics.domain import Invocation
from app.bytes import service as bytes_service
from app.bytes import treasury
from app.bytes.config import BytesConfig
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.moderation.cases import Order
from app.moderation.changing import resolve_case
from app.moderation.domain import CaseAction
from app.roles import service as roles_service
from app.roles.domain import Claim
from app.squads import moving, saving
from app.squads.config import SquadDraft
from app.squads.domain import Cause, Squad
from tests.support.deciding import ALL_OF_IT, decide, undo
from tests.support.guilds import actor, give, manager, snowflake
from tests.support.ruling import Beat, rule

JOBS = "pgqueuer"
"""Jobs say which member they are about until they are done."""


class Everywhere:
    """Reads every table of the database as text."""

    async def tables(self, tx: Tx) -> list[str]:
        rows = await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return sorted(rows.scalars().all())

    async def naming(self, tx: Tx, *words: str) -> dict[str, list[str]]:
        """Find the rows that have one of these words, by table."""
        found: dict[str, list[str]] = {}
        for table in await self.tables(tx):
            if table == JOBS:
                continue
            for word in words:
                rows = await tx.execute(
                    text(f"SELECT t::text FROM {table} t WHERE t::text LIKE :like"), {"like": f"%{word}%"}
                )
                if lines := list(rows.scalars().all()):
                    found.setdefault(table, []).extend(lines)
        return found

    async def of(self, tx: Tx, guild_id: int) -> dict[str, list[str]]:
        """Give every row of one guild."""
        found = {}
        for table in await self.tables(tx):
            columns = await tx.execute(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = :table"),
                {"table": table},
            )
            if "guild_id" in columns.scalars().all():
                rows = await tx.execute(
                    text(f"SELECT t::text FROM {table} t WHERE guild_id = :id ORDER BY 1"), {"id": guild_id}
                )
                found[table] = list(rows.scalars().all())
        return found


@pytest.fixture
def everywhere() -> Everywhere:
    return Everywhere()


def somebody(name: str) -> Member:
    """Have a member with a name that stands nowhere else, and without digits, which could be an id."""
    return Member(snowflake(), f"{name}.{''.join(secrets.choice(ascii_lowercase) for _ in range(12))}")


@pytest.fixture
def ada() -> Member:
    return somebody("ada")


@pytest.fixture
def bob() -> Member:
    return somebody("bob")


async def join(tx: Tx, who: Actor, squad: Squad, *, most: int) -> None:
    """Have somebody go into a squad from none."""
    await moving.go(
        tx, who, squad.id, Cause.JOIN, most=most, idempotency_key=f"join:{snowflake()}", now=clock.now()
    )


async def live_a_life(tx: Tx, guild_id: int, ada: Member, bob: Member) -> None:
    """Have Ada appear wherever a member can: also as staff, and as whom staff dealt with."""
    now = clock.now()
    boss, staff = manager(guild_id), actor(guild_id, ada, permissions=Permission.MANAGE_GUILD)

    def key() -> str:
        return f"life:{snowflake()}"

    for giver, receiver in ((ada, bob), (bob, ada)):
        await bytes_service.send_bytes(
            tx, actor(guild_id, giver), receiver, 5,
            reason="for the review", idempotency_key=key(), now=now,
        )  # fmt: skip
    claim = await bytes_service.claim_daily(tx, actor(guild_id, ada), idempotency_key=key(), now=now)
    await treasury.grant_bytes(tx, boss, ada, 50, reason=f"{ada.username} won", idempotency_key=key())
    await treasury.take_bytes(tx, boss, ada, 7, reason="spam", idempotency_key=key())
    await treasury.grant_bytes(tx, staff, bob, 9, reason="from ada", idempotency_key=key())
    await treasury.undo_transaction(tx, boss, claim.transaction.id, force=False, idempotency_key=key())
    _, version = await bytes_service.load_config(tx, guild_id)
    await bytes_service.save_config(tx, staff, BytesConfig(daily_amount=11), expected_version=version)
    await guilds_service.record_change(
        tx,
        boss,
        subject=("squad_membership", f"{guild_id}:{ada.user_id}"),
        before=None,
        after={"squad": "7", "members": {str(ada.user_id): {"by": [str(ada.user_id), "x"]}}},
        note="moved",
    )
    await guilds_service.record_change(
        tx,
        boss,
        subject=("thing", "1"),
        before={"a": 1},
        after=None,
        note=f"because <@{ada.user_id}> said so",
    )
    await guilds_service.record_change(tx, boss, subject=("thing", "2"), before=None, after={}, note="stays")
    await give(tx, guild_id, bob, 3)
    for who in (ada, bob):
        await roles_service.note_grants(
            tx, guild_id, who.user_id, [Claim(snowflake(), is_due=True, why="bytes", reason="50 bytes")]
        )
    draft = SquadDraft(name="Red", role_id=str(snowflake()), switch_cost=3)
    red = await saving.save_squad(tx, boss, draft, known=saving.UNSEEN, now=now)
    for who, going in ((ada, 2), (bob, 1)):  # whoever comes back pays
        for _ in range(going - 1):
            await join(tx, actor(guild_id, who), red, most=0)
            await moving.leave(tx, actor(guild_id, who), idempotency_key=key(), now=now)
        await join(tx, actor(guild_id, who), red, most=3)
    for decides, about in ((ada, bob), (bob, ada)):
        moderator = actor(guild_id, decides, permissions=ALL_OF_IT)
        order = Order(CaseAction.WARN, "rude", quote=f"what {about.username} wrote")
        opened = await decide(tx, moderator, about, order)
        await undo(tx, moderator, opened.case)
        await resolve_case(tx, moderator, opened.case.number, now=now)
    beat = Beat(guild_id)
    await beat.rule(tx, rule(tell="Fewer people, please."))
    for place, who in enumerate((ada, bob)):
        await beat.see(tx, beat.message(who, place))
    await analytics_service.record_invocations(
        tx, [Invocation(guild_id, who.user_id, "bytes send", "ok", 12, now) for who in (ada, bob, ada)]
    )
