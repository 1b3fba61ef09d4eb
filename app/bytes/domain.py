"""The rules of the economy, from plain values. No database, no Discord."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import ConflictError, InvalidInputError, RefusedError
from app.ids import snowflake_time
from app.wording import Mention, byte_count, day_count

MAX_GRANT: Final = 1_000_000_000
"""The most one grant can mint; keeps every sum of a guild far below 2^63."""

MAX_REASON: Final = 200
"""Characters of a reason. The table has a wall of its own (migration 0002): raise both."""


_BLANK: Final = frozenset(" \u00a0\u115f\u1160\u2800\u3164\uffa0")
"""Characters that count as printable and show nothing: spaces, Hangul fillers, the empty Braille cell."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody bytes are given to or looked up of.

    Attributes:
        user_id: Discord's id.
        username: The unique name.
        is_bot: Whether it is an application.
        is_present: Whether it is in the guild; people leave, and can still be named.
    """

    user_id: int
    username: str
    is_bot: bool = False
    is_present: bool = True


@dataclass(frozen=True, slots=True)
class Balance:
    """What a member has. A member nobody has met yet has nothing of everything."""

    balance: int = 0
    total_received: int = 0
    total_sent: int = 0
    total_earned: int = 0
    last_daily: date | None = None
    streak_count: int = 0
    started_at: datetime | None = None


NOTHING: Final = Balance()


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transfer of the ledger, as booked. Parties with id 0 are the system."""

    id: UUID
    created_at: datetime
    guild_id: int
    kind: str
    giver_id: int
    receiver_id: int
    amount: int
    reason: str | None
    giver_balance_after: int | None
    receiver_balance_after: int | None
    claim_date: date | None
    streak_count: int | None
    streak_multiplier: int | None


@dataclass(frozen=True, slots=True)
class Recorded(Transaction):
    """A transaction as it stands in the ledger, for those who look through it.

    Attributes:
        seq: Its place; later ones have larger numbers.
        giver_username: As it was then; None for the system and for whoever was erased.
        receiver_username: The same.
        is_undone: Whether a reversal has moved it back, as far as it could.
    """

    seq: int
    giver_username: str | None
    receiver_username: str | None
    is_undone: bool


class InsufficientBytesError(RefusedError):
    """The giver has less than the amount."""

    code = "insufficient_bytes"

    def __init__(self, balance: int, amount: int) -> None:
        self.balance = balance
        self.amount = amount
        super().__init__(
            "You have {balance}, not {amount}. Nothing was sent.",
            balance=byte_count(balance),
            amount=byte_count(amount),
        )


class CannotPayError(RefusedError):
    """The member has less than something costs."""

    code = "cannot_pay"

    def __init__(self, balance: int, cost: int) -> None:
        self.balance = balance
        super().__init__(
            "This costs {cost}, and you have {balance}. You have paid nothing, and nothing was changed.",
            cost=byte_count(cost),
            balance=byte_count(balance),
        )


class CooldownError(RefusedError):
    """The giver has sent too short a time ago."""

    code = "cooldown"

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__("You can send bytes again {until}. Nothing was sent.", until=until)


class AlreadyClaimedError(RefusedError):
    """Today's daily has been claimed by an earlier command."""

    code = "already_claimed"

    def __init__(self, next_claim_at: datetime) -> None:
        self.next_claim_at = next_claim_at
        super().__init__(
            "You have claimed today's bytes. The next claim opens {next_claim_at}.",
            next_claim_at=next_claim_at,
        )


class AccountTooYoungError(RefusedError):
    """The Discord account is younger than the guild asks for."""

    code = "account_too_young"

    def __init__(self, days: int, old_enough_at: datetime) -> None:
        self.days = days
        self.old_enough_at = old_enough_at
        super().__init__(
            "Accounts must be {days} old to send bytes here; yours will be {old_enough_at}. "
            "Nothing was sent. `/bytes daily` works meanwhile.",
            days=day_count(days),
            old_enough_at=old_enough_at,
        )


class NotEnoughToTakeError(RefusedError):
    """Staff wants to burn more than the member has."""

    code = "not_enough_to_take"

    def __init__(self, member_id: int, balance: int) -> None:
        self.balance = balance
        message = (
            "{member} has only {balance}. Nothing was taken; choose an amount up to that."
            if balance
            else "{member} has {balance}. Nothing was taken, because there is nothing to take."
        )
        super().__init__(message, member=Mention(member_id), balance=byte_count(balance))


class NotEnoughToUndoError(RefusedError):
    """Whoever received the bytes does not have all of them any more."""

    code = "not_enough_to_undo"

    def __init__(self, member_id: int, balance: int, amount: int) -> None:
        self.balance = balance
        self.amount = amount
        message = (
            "{member} has only {balance} left of {amount}. Nothing was undone; "
            "with `force`, {balance} would be moved back and the rest would stay where it is."
            if balance
            else "{member} has {balance} left of {amount}. Nothing was undone, "
            "and `force` could not move anything back either."
        )
        super().__init__(
            message, member=Mention(member_id), balance=byte_count(balance), amount=byte_count(amount)
        )


class AlreadyUndoneError(RefusedError):
    """The transaction has been undone by an earlier command."""

    code = "already_undone"

    def __init__(self, undone_at: datetime) -> None:
        self.undone_at = undone_at
        super().__init__(
            "This transaction was undone {undone_at}. Nothing was moved a second time.", undone_at=undone_at
        )


class ReversalError(RefusedError):
    """A reversal is not undone in its turn."""

    code = "is_reversal"

    def __init__(self) -> None:
        super().__init__(
            "A reversal cannot be undone: it is how another transaction was. Nothing was moved; "
            "`/treasury grant` and `/treasury take` can put right what it should not have done."
        )


class DuplicateKeyError(ConflictError):
    """The idempotency key has booked something else."""

    def __init__(self) -> None:
        super().__init__("This request was already used for something else. Nothing was booked.")


# --- days and streaks ----------------------------------------------------------------------------


def local_day(now: datetime, timezone: ZoneInfo, resets_at: int) -> date:
    """Name the guild's day at an instant: its calendar day, beginning `resets_at` hours after midnight.

    Decided by the clock on the wall, so a day of a daylight saving change simply has 23 or 25 hours.
    """
    local = now.astimezone(timezone)
    return local.date() if local.hour >= resets_at else local.date() - timedelta(days=1)


def day_begins(day: date, timezone: ZoneInfo, resets_at: int) -> datetime:
    """Tell the first instant of a guild's day.

    A reset hour that the clocks skip begins when they jump; one that comes twice, at its first time.
    """
    local = datetime(day.year, day.month, day.day, resets_at, tzinfo=timezone)
    return local.astimezone(ZoneInfo("UTC"))


def next_streak(last_daily: date | None, streak_count: int, today: date) -> int:
    """Count the days in a row if today is claimed: one more after yesterday's claim, else 1."""
    continues = last_daily is not None and last_daily == today - timedelta(days=1)
    return streak_count + 1 if continues else 1


def current_streak(last_daily: date | None, streak_count: int, today: date) -> int:
    """Count the days in a row that are still alive: 0 once a day was missed."""
    alive = last_daily is not None and last_daily >= today - timedelta(days=1)
    return streak_count if alive else 0


def multiplier(streak: int, bonuses: Mapping[int, int]) -> int:
    """Tell the multiplier of a streak: that of the highest threshold reached, else 1."""
    reached = [days for days in bonuses if days <= streak]
    return bonuses[max(reached)] if reached else 1


# --- who may send what ---------------------------------------------------------------------------


def old_enough_at(user_id: int, minimum_days: int) -> datetime:
    """Tell when an account has the age the guild asks for. Discord's id carries the account's birth."""
    return snowflake_time(user_id) + timedelta(days=minimum_days)


def check_receiver(receiver: Member, giver_id: int | None) -> None:
    """Return if `receiver` can be given bytes.

    Args:
        receiver: Who would get them.
        giver_id: Who would send them; None when they are minted.

    Raises:
        InvalidInputError: for bots, for oneself, and for people who are not in the guild.
    """
    if receiver.is_bot:
        raise InvalidInputError("Bots have no use for bytes. Choose a person; nothing was booked.")
    if giver_id == receiver.user_id:
        raise InvalidInputError("You cannot send bytes to yourself. Nothing was booked.")
    if not receiver.is_present:
        raise InvalidInputError("That person is not in this server. Nothing was booked.")


def check_amount(amount: int, largest: int) -> None:
    """Return if the amount is in range.

    Raises:
        InvalidInputError: naming the range.
    """
    if not 1 <= amount <= largest:
        raise InvalidInputError(
            "The amount must be between 1 and {largest}. Nothing was booked.", largest=byte_count(largest)
        )


def check_account_age(user_id: int, minimum_days: int, now: datetime) -> None:
    """Return if the account is old enough to send.

    Raises:
        AccountTooYoungError: saying when it will be.
    """
    at = old_enough_at(user_id, minimum_days)
    if now < at:
        raise AccountTooYoungError(minimum_days, at)


def _without_control(character: str) -> str:
    """Drop what steers a terminal or a printer; white space stays, and so does what joins emoji."""
    return "" if unicodedata.category(character) == "Cc" and not character.isspace() else character


def clean_reason(reason: str | None) -> str | None:
    """Trim a reason; None if nothing visible is left.

    Raises:
        InvalidInputError: when it is too long.
    """
    if reason is None:
        return None
    trimmed = " ".join("".join(map(_without_control, reason)).split())
    if len(trimmed) > MAX_REASON:
        raise InvalidInputError(
            "A reason has at most {longest} characters. Nothing was booked.", longest=MAX_REASON
        )
    visible = any(character.isprintable() and character not in _BLANK for character in trimmed)
    return trimmed if visible else None
