"""Rules of auto-mod, what happens, and what is made of it: by the services, without a Discord."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app import clock
from app.automod.acting import Acted, act_on
from app.automod.compiled import compile_rules
from app.automod.judge import judge
from app.automod.observation import Kind, Observation
from app.automod.rule import Rule
from app.automod.saving import save_rule
from app.automod.service import load_rules_to_ask
from app.automod.stored import StoredRule
from app.automod.windows import Windows
from app.bytes.domain import Member
from app.database.tx import Tx
from tests.support.guilds import manager, snowflake


def rule(name: str = "Too many mentions", mode: str = "on", **more: Any) -> Rule:
    """Make a rule; of what is not given, one that deletes messages with three mentions or more."""
    return Rule.model_validate(
        {
            "name": name,
            "trigger": {"type": "mention_spam", "mentions": 3},
            "actions": [{"type": "delete_message"}],
            "mode": mode,
        }
        | more
    )


RATE = {"type": "message_rate", "messages": 3, "seconds": 10}
RAID = {"type": "join_rate", "joins": 3, "seconds": 30}
DELETE, WARN, KICK, BAN = ({"type": name} for name in ("delete_message", "warn", "kick", "ban"))
TIMEOUT = {"type": "timeout", "minutes": 10}


class Beat:
    """One guild as its listener sees it: rules, windows, and what happens."""

    def __init__(self, guild_id: int) -> None:
        self.guild_id = guild_id
        self.windows = Windows()
        self.now = clock.now()

    async def rule(self, tx: Tx, *rules: Rule) -> list[StoredRule]:
        return [await save_rule(tx, manager(self.guild_id), each) for each in rules]

    def message(
        self, who: Member, after: float = 0, *, mentions: int = 3, channel_id: int = 77, **more: Any
    ) -> Observation:
        """Have somebody write, so many seconds after the beginning."""
        at = self.now + timedelta(seconds=after)
        seen = Observation(
            Kind.MESSAGE,
            self.guild_id,
            who.user_id,
            at,
            username=who.username,
            channel_id=channel_id,
            message_id=snowflake(timedelta(0), at),
            content="what was written",
            mentioned_user_ids=frozenset(range(1, mentions + 1)),
        )
        return replace(seen, **more)

    def join(self, who: Member, after: float = 0) -> Observation:
        at = self.now + timedelta(seconds=after)
        return Observation(Kind.JOIN, self.guild_id, who.user_id, at, who.username, joined_at=at)

    async def see(self, tx: Tx, seen: Observation, *, now: datetime | None = None) -> Acted:
        """Judge something and act on it, as the listener does."""
        stored = await load_rules_to_ask(tx, self.guild_id)
        rules = compile_rules([(each.id, each.rule) for each in stored])
        assert not rules.take_broken()
        return await act_on(tx, seen, judge(rules, seen, self.windows), now=now or seen.at)


async def hits(tx: Tx, guild_id: int) -> list[Any]:
    """Give every hit of a guild, the oldest first."""
    rows = await tx.execute(
        text("SELECT * FROM automod_hits WHERE guild_id = :id ORDER BY at, idempotency_key"), {"id": guild_id}
    )
    return list(rows.all())


async def cases(tx: Tx, guild_id: int) -> list[Any]:
    """Give every case of a guild, the oldest first."""
    rows = await tx.execute(
        text("SELECT * FROM moderation_cases WHERE guild_id = :id ORDER BY number"), {"id": guild_id}
    )
    return list(rows.all())


async def incidents(tx: Tx, guild_id: int) -> list[Any]:
    rows = await tx.execute(
        text("SELECT * FROM moderation_incidents WHERE guild_id = :id ORDER BY number"), {"id": guild_id}
    )
    return list(rows.all())
