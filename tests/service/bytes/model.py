"""What a ledger is, without any of the difficulties: a list of what was moved, added up anew each time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

STARTING, DAILY, MAX_TRANSFER = 100, 10, 1_000
BONUSES = {8: 2, 16: 4, 32: 8, 64: 16}
SYSTEM = 0


@dataclass
class Moved:
    """One thing that happened, as far as it still counts."""

    id: UUID | None
    kind: str
    giver: int
    receiver: int
    amount: int
    at: datetime | None = None
    is_undone: bool = False


class Model:
    """Nothing but what happened. Undoing makes it not have happened: nothing is subtracted anywhere."""

    def __init__(self) -> None:
        self.moved: list[Moved] = []
        self.started: set[int] = set()
        self.last: dict[int, date] = {}
        self.streak: dict[int, int] = defaultdict(int)

    def received(self, who: int) -> int:
        return sum(each.amount for each in self.moved if each.receiver == who)

    def sent(self, who: int) -> int:
        return sum(each.amount for each in self.moved if each.giver == who)

    def earned(self, who: int) -> int:
        return sum(each.amount for each in self.moved if each.receiver == who and each.giver == SYSTEM)

    def balance(self, who: int) -> int:
        return self.received(who) - self.sent(who)

    def last_sent(self, who: int) -> datetime | None:
        sent = [each for each in self.moved if (each.giver, each.kind) == (who, "transfer")]
        return next((each.at for each in reversed(sent) if not each.is_undone), None)

    def move(self, kind: str, giver: int, receiver: int, amount: int) -> Moved:
        self.moved.append(Moved(None, kind, giver, receiver, amount))
        return self.moved[-1]

    def appear(self, who: int) -> None:
        if who not in self.started:
            self.started.add(who)
            self.move("starting", SYSTEM, who, STARTING)

    def send(self, giver: int, receiver: int, amount: int) -> Moved | None:
        available = self.balance(giver) + (STARTING if giver not in self.started else 0)
        if available < amount:
            return None  # a refusal rolls the appearance back too
        self.appear(giver)
        return self.move("transfer", giver, receiver, amount)

    def take(self, giver: int, amount: int) -> Moved | None:
        return None if self.balance(giver) < amount else self.move("take", giver, SYSTEM, amount)

    def claim(self, who: int, today: date) -> Moved | None:
        last = self.last.get(who)
        if last is not None and last >= today:
            return None
        self.appear(who)
        self.streak[who] = self.streak[who] + 1 if last == today - timedelta(days=1) else 1
        self.last[who] = today
        reached = [BONUSES[days] for days in sorted(BONUSES) if days <= self.streak[who]]
        return self.move("daily", SYSTEM, who, DAILY * (reached[-1] if reached else 1))

    def undo(self, what: Moved, *, force: bool) -> int | None:
        """Make it not have happened, as far as it can be; tells how much, None for not at all."""
        there = what.amount
        if what.receiver != SYSTEM:
            there = min(there, self.balance(what.receiver))
        if (there < what.amount and not force) or there == 0:
            return None
        what.amount -= there
        what.is_undone = True
        return there

    def erase(self, who: int, alias: int) -> None:
        """Let the alias have done all of it; who comes back is remembered as started and as claimed."""
        for each in self.moved:
            each.giver = alias if each.giver == who else each.giver
            each.receiver = alias if each.receiver == who else each.receiver
        self.streak[alias] = self.streak.pop(who, 0)
