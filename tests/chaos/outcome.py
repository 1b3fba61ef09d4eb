"""Holding what Discord and the cases say at the end against what should be."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.chaos.guilds import Person, Place
from tests.chaos.oracle import Expected, There, expect
from tests.chaos.sanctions import Court

CASES = """
    SELECT guild_id, number, id, user_id, action, status, failure, dm_status, version, logged_version
    FROM moderation_cases ORDER BY guild_id, number
"""

_CASE = re.compile(r"[Cc]ase #(\d+)")  # noqa: TID251 - of our own words
_EFFECTS = {20: "kick", 22: "ban", 23: "unban", 24: "timeout"}
"""Discord's numbers in the audit log."""


@dataclass(frozen=True)
class Ending:
    """Everything there is to look at.

    Attributes:
        now: When it was looked at.
        state: The simulator's.
        cases: The rows.
        court: What was decided.
        places: Where.
        people: About whom.
        bot_id: Who carried it out.
    """

    now: datetime
    state: Mapping[str, Any]
    cases: Sequence[Mapping[str, Any]]
    court: Court
    places: Sequence[Place]
    people: Sequence[Person]
    bot_id: int

    def differences(self) -> Iterator[str]:
        """Tell everything that is not as it should be, a sentence each."""
        expected = {
            (each.guild_id, each.user_id): expect(
                self.court.about(each), self.now, banned_by_hand=each.sanction_by_hand == "ban"
            )
            for each in self.people
        }
        yield from self._people(expected)
        yield from self._cases(expected)
        yield from self._log()
        yield from self._messages()
        yield from self._effects()

    def _people(self, expected: Mapping[tuple[int, int], Expected]) -> Iterator[str]:
        """Compare who is there, who is banned and who is timed out."""
        there = {(int(each["guild_id"]), int(each["id"])): each for each in self.state["people"]}
        bans = {
            (int(guild["id"]), int(each["user_id"])): each["reason"]
            for guild in self.state["guilds"]
            for each in guild["bans"]
        }
        for person in self.people:
            who = (person.guild_id, person.user_id)
            due, member = expected[who], there.get(who)
            story = " ".join(f"{each.kind}#{each.number}" for each in self.court.about(person))
            said = f"{person.name} of {person.guild_id} [{story}; by hand: {person.sanction_by_hand}]"
            if person.sanction_by_hand == "ban":
                if bans.get(who) != "by hand":
                    yield f"{said}: the ban by hand is {bans.get(who)!r} now"
                continue
            if (who in bans) != (due.ban is not None):
                yield f"{said}: banned {who in bans}, should be {due.ban is not None}"
            if due.there is not There.EITHER and (member is not None) != (due.there is There.YES):
                yield f"{said}: there {member is not None}, should be {due.there.value}"
            if member is None:
                continue
            until = member["timed_out_until"] and datetime.fromisoformat(member["timed_out_until"])
            is_timed_out = bool(until and until > self.now)
            should = due.timeout is not None or person.sanction_by_hand == "timeout"
            if is_timed_out != should:
                yield f"{said}: timed out {is_timed_out}, should be {should}"
            elif (
                until
                and due.timeout
                and due.timeout.until
                and abs(until - due.timeout.until).total_seconds() > 1
            ):
                yield f"{said}: timed out until {until}, should be until {due.timeout.until}"

    def _cases(self, expected: Mapping[tuple[int, int], Expected]) -> Iterator[str]:
        """Look whether each case is there and at its end, and each failure one that can be."""
        there = {(row["guild_id"], row["number"]) for row in self.cases}
        for guild_id, number in sorted(self.court.cases ^ there):
            yield f"case #{number} of {guild_id}: was opened {(guild_id, number) in self.court.cases}"
        people = {(each.guild_id, each.user_id): each for each in self.people}
        active = Counter(
            (row["guild_id"], row["user_id"], row["action"])
            for row in self.cases
            if row["status"] == "active"
        )
        for who, due in expected.items():
            if active[*who, "ban"] != (due.ban is not None):
                said = f"{people[who].name}: {active[*who, 'ban']} bans are active"
                yield f"{said}, should be {due.ban is not None}"
        for row in self.cases:
            said = f"case #{row['number']} of {row['guild_id']} ({row['action']}, {row['status']})"
            who = (row["guild_id"], row["user_id"])
            if row["status"] == "pending":
                yield f"{said} has no end"
            if row["status"] == "failed" and not self._may_fail(people[who], row):
                yield f"{said} of {people[who].name} failed: {row['failure']}"
            if row["status"] in {"active", "done", "failed"} and row["dm_status"] in {"pending", "sending"}:
                yield f"{said} has its message {row['dm_status']}"
            if row["logged_version"] != row["version"]:
                yield f"{said} is at version {row['version']}, and its log shows {row['logged_version']}"

    def _may_fail(self, person: Person, row: Mapping[str, Any]) -> bool:
        """Tell whether it can have failed so: only the gone are not there, only others' bans stand."""
        action: str = row["action"]
        kinds = {each.kind for each in self.court.about(person)}
        match row["failure"]:
            case "not_a_member":
                return action in {"kick", "timeout"} and bool(kinds & {"kick", "ban"})
            case "already_banned":
                return action == "ban" and person.sanction_by_hand == "ban"
            case "too_late":
                return any(
                    each.number == row["number"] and each.is_over(self.now)
                    for each in self.court.about(person)
                )
            case "overtaken":
                return action in {"unban", "untimeout"} and bool(kinds & {"ban", "timeout"})
        return False

    def _log(self) -> Iterator[str]:
        """Count the messages about each case in its guild's log."""
        channels = {place.log_channel_id: place.guild_id for place in self.places}
        logged = Counter(
            (channels[int(each["channel_id"])], mark)
            for each in self.state["messages"]
            if int(each["channel_id"]) in channels
            for mark in _marks(each)
        )
        due = Counter((row["guild_id"], _mark(row)) for row in self.cases)
        for guild_id, mark in sorted(due | logged):
            if logged[guild_id, mark] != due[guild_id, mark]:
                yield f"{mark} of {guild_id}: {logged[guild_id, mark]} messages in the log"

    def _messages(self) -> Iterator[str]:
        """Count the direct messages about each case: at most one, and one where nothing can excuse none."""
        channels = {
            int(each["channel_id"]): {int(one) for one in each["user_ids"]} for each in self.state["dms"]
        }
        told: Counter[tuple[int, str]] = Counter(
            (user_id, mark)
            for each in self.state["messages"]
            for user_id in channels.get(int(each["channel_id"]), ())
            if user_id != self.bot_id
            for mark in _marks(each)
        )
        people = {(each.guild_id, each.user_id): each for each in self.people}
        for row in self.cases:
            person = people[row["guild_id"], row["user_id"]]
            found = told.pop((person.user_id, _mark(row)), 0)
            kinds = {each.kind for each in self.court.about(person)}
            is_due = (
                row["action"] == "warn"
                and row["status"] != "undone"
                and person.takes_messages
                and person.sanction_by_hand != "ban"
                and not kinds & {"kick", "ban"}
            )
            most = int(person.takes_messages and row["action"] not in {"note", "unban"})
            if not is_due <= found <= most:
                yield f"{_mark(row)} ({row['action']}) of {row['guild_id']}: {found} direct messages"
        for (user_id, mark), found in told.items():
            yield f"{mark}: {found} direct messages to {user_id}, whom it is not about"

    def _effects(self) -> Iterator[str]:
        """Look in the audit log whether everything was decided, and nothing done twice."""
        actions = {(row["guild_id"], row["number"]): row for row in self.cases}
        for guild in self.state["guilds"]:
            seen: Counter[tuple[str, str, str]] = Counter()
            for line in guild["audit_log"]:
                effect = _EFFECTS.get(line["action"])
                if effect is None or int(line["user_id"] or 0) != self.bot_id:
                    continue
                reason = line["reason"] or ""
                seen[effect, line["target_id"], reason] += 1
                found = _CASE.search(reason)
                row = actions.get((int(guild["id"]), int(found[1]))) if found else None
                if row is None or str(row["user_id"]) != line["target_id"]:
                    yield f"{effect} of {line['target_id']} in {guild['id']}: nobody decided it ({reason})"
            for (effect, user_id, reason), times in seen.items():
                if times > 1:
                    yield f"{effect} of {user_id} in {guild['id']}: done {times} times ({reason})"


def _mark(row: Mapping[str, Any]) -> str:
    return f"Case #{row['number']} · {row['id'].hex[-12:]}"


def _marks(message: Mapping[str, Any]) -> Iterator[str]:
    for embed in message["embeds"]:
        yield embed["footer"]["text"]
