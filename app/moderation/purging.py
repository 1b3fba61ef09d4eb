"""Purges: many messages of one channel deleted at once, as a case about nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.access.policy import ModerationAction
from app.access.service import require
from app.database.tx import Tx
from app.discord.port import DiscordMessage
from app.errors import ConflictError
from app.features import MODERATION
from app.guilds import service as guilds_service
from app.guilds.domain import Actor
from app.ids import SYSTEM_ID, snowflake_time
from app.jobs import service as jobs_service
from app.jobs.kinds import PurgeMessages
from app.moderation import carrying_out, repository
from app.moderation.cases import Case, Subject
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.failures import Failure
from app.moderation.opening import start_case

MOST: Final = 100
"""Messages one purge deletes (Discord: resources/message, "Bulk Delete Messages")."""

LONGEST_TEXT: Final = 100

OLDEST: Final = timedelta(days=13, hours=23)
"""Discord deletes nothing in bulk that is two weeks old; an hour is left for it to be done."""

_PICKED: Final = "picked"
_ONLY_UNTIL_DONE: Final = frozenset({_PICKED, "user_id", "contains"})
"""Details that say whose messages, or which words: nobody needs them once the messages are gone."""


@dataclass(frozen=True, slots=True)
class PurgeOrder:
    """Which messages a moderator wants to be rid of; what is None does not matter.

    Attributes:
        channel_id: Where.
        count: How many at most.
        user_id: Whose.
        contains: What stands in them, whatever its case.
        bots_only: Only what applications wrote.
        before: Only what is older than this: the command, so that its own reply stays.
    """

    channel_id: int
    count: int
    user_id: int | None = None
    contains: str | None = None
    bots_only: bool = False
    before: int | None = None

    @property
    def details(self) -> dict[str, Any]:
        """Write it as the details of a case."""
        details: dict[str, Any] = {"channel_id": str(self.channel_id), "count": self.count}
        if self.user_id is not None:
            details["user_id"] = str(self.user_id)
        if self.contains:
            details["contains"] = self.contains
        if self.bots_only:
            details["bots_only"] = True
        return details

    def wants(self, message: DiscordMessage) -> bool:
        """Tell whether this message is one of them, however old it is."""
        return (
            (self.user_id is None or message.author_id == self.user_id)
            and (not self.contains or self.contains.casefold() in message.content.casefold())
            and (not self.bots_only or message.is_bot)
        )


def order_of(case: Case) -> PurgeOrder:
    """Read a purge out of its case."""
    user_id = case.details.get("user_id")
    return PurgeOrder(
        channel_id=int(case.details["channel_id"]),
        count=case.details["count"],
        user_id=None if user_id is None else int(user_id),
        contains=case.details.get("contains"),
        bots_only=case.details.get("bots_only", False),
        before=case.interaction_id,
    )


def picked_of(case: Case) -> list[int] | None:
    """Tell which messages were picked to be deleted; None if nobody has looked yet."""
    found = case.details.get(_PICKED)
    return None if found is None else [int(message_id) for message_id in found]


def pick(order: PurgeOrder, messages: Iterable[DiscordMessage], now: datetime) -> list[int]:
    """Choose from messages, the newest first, those to be deleted; too old ones cannot be."""
    wanted = [
        message.message_id
        for message in messages
        if order.wants(message) and not is_too_old(message.message_id, now)
    ]
    return wanted[: order.count]


def is_too_old(message_id: int, now: datetime) -> bool:
    """Tell whether Discord would not delete this message, and so none before it."""
    return now - snowflake_time(message_id) >= OLDEST


async def open_purge(
    tx: Tx,
    actor: Actor,
    order: PurgeOrder,
    *,
    interaction_id: int | None,
    idempotency_key: str,
    now: datetime,
) -> Case:
    """Decide that messages are deleted, once per key; the worker does it after the commit.

    Raises:
        ConflictError: the key belongs to something else.
        NotAllowedError, FeatureOffError: nothing was done.
    """
    await require(tx, actor, ModerationAction.PURGE)
    await repository.lock_member(tx, actor.guild_id, SYSTEM_ID)
    before = await repository.find_by_key(tx, idempotency_key)
    if before is not None:
        if (before.guild_id, before.action) != (actor.guild_id, CaseAction.PURGE):
            raise ConflictError("This was used for another case already. Nothing was done.")
        return before
    await guilds_service.enter_feature(tx, actor.guild_id, MODERATION)
    config, _ = await repository.find_config(tx, actor.guild_id)
    case = await start_case(
        tx,
        actor,
        Subject(SYSTEM_ID, None),
        CaseAction.PURGE,
        config=config,
        reason=None,
        details=order.details,
        interaction_id=interaction_id,
        idempotency_key=idempotency_key,
        now=now,
    )
    await jobs_service.enqueue(tx, PurgeMessages(case.guild_id, case.number))
    return case


async def note_picked(tx: Tx, case: Case, message_ids: list[int], now: datetime) -> bool:
    """Note which messages are about to be deleted; False: the case was taken back."""
    details = case.details | {_PICKED: [str(message_id) for message_id in message_ids]}
    return await repository.change_if(
        tx, case, {CaseStatus.PENDING}, unseen=True, begun_at=now, details=details
    )


async def finish(tx: Tx, case: Case, *, deleted: int = 0, failure: Failure | None = None) -> None:
    """Note that a purge is over: how many messages are gone, or why none is."""
    details = None if failure is not None else {"deleted": deleted}
    if not await carrying_out.close(tx, case, failure=failure, details=details):
        return
    kept = {name: value for name, value in case.details.items() if name not in _ONLY_UNTIL_DONE}
    await repository.change_case(tx, case, unseen=True, details=kept | (details or {}))
