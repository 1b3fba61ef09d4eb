"""How much of a storm of squads there is, and what should be of everybody after it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.database.tx import Database
from app.discord.cache import Places
from app.discord.rest import connect_discord
from app.settings import load_settings
from app.squads import drift
from app.squads.config import ByHand
from app.squads.domain import Squad
from tests.chaos import role_changes
from tests.chaos.guilds import Person, Place
from tests.chaos.machines import Machines
from tests.support.guilds import manager


@dataclass(frozen=True)
class Size:
    """How much of it."""

    guilds: int = 2
    members: int = 6
    moves: int = 48
    changes: int = 8
    """Of what counts towards the reward."""
    takes: int = 16
    """Of roles, by hand."""
    kills: int = 2
    seconds: float = 60
    """How long everything may take to come to rest, and again after the sweep."""


@dataclass
class Seen:
    """What was seen of a storm."""

    moves: int = 0
    takes: int = 0
    kills: int = 0
    ended_by_hand: int = 0
    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)


@dataclass
class Camp:
    """A server with its squads.

    Attributes:
        place: The server, with the role that is a reward.
        squads: Its squads.
        people: Those who change squads.
        bystander: Somebody in no squad to whom a squad's role was given by hand.
        by_hand: What the server chose for roles that are taken by hand.
    """

    place: Place
    squads: list[Squad]
    people: list[Person]
    bystander: int
    by_hand: ByHand

    @property
    def robbable(self) -> list[Person]:
        """Those from whom the role is taken by hand."""
        return self.people[1::2]


@dataclass
class Ending:
    """How a storm ended.

    Attributes:
        camps: The servers.
        there: In which squad each member is, as the database says.
        decided: In which squad each chose to be.
        ended: Of whom how many memberships were ended because a role was taken by hand.
        robbed: Whose role was taken when everything was at rest.
    """

    camps: Sequence[Camp]
    there: Mapping[int, UUID]
    decided: Mapping[int, UUID | None]
    ended: Counter[int]
    robbed: set[int]

    def differences(self, state: Mapping[str, Any]) -> list[str]:
        """Tell what is not as it should be, a line each."""
        roles = roles_of(state)
        people = [person for camp in self.camps for person in camp.people]
        places = [camp.place for camp in self.camps]
        found = [f"reward: {line}" for line in role_changes.compare(state, places, people)]
        for camp in self.camps:
            for person in camp.robbable:
                found += self._membership(person, counts=camp.by_hand is ByHand.COUNTS)
            for person in camp.people[::2]:
                found += self._membership(person, counts=False)
            for person in camp.people:
                held = roles[person.guild_id, person.user_id] & {each.role_id for each in camp.squads}
                due = {each.role_id for each in camp.squads if each.id == self.there.get(person.user_id)}
                if held != due:
                    found.append(f"roles: {person.name} has {held}, should have {due}")
        return found

    def _membership(self, person: Person, *, counts: bool) -> Iterator[str]:
        """Hold one membership against the last choice; `counts`: it may have ended by hand."""
        is_in, should = self.there.get(person.user_id), self.decided[person.user_id]
        has_ended = bool(self.ended[person.user_id])
        if has_ended and not counts:
            yield f"ended by hand: {person.name}, and it does not count or nobody took anything"
        if is_in != should and not (counts and is_in is None and has_ended):
            yield f"membership: {person.name} is in {is_in}, not in {should}"
        if counts and is_in is not None and person.user_id in self.robbed:
            yield f"membership: {person.name} is in {is_in}, and the role was taken"


def roles_of(state: Mapping[str, Any]) -> dict[tuple[int, int], set[int]]:
    """Tell who has which roles where."""
    return {
        (int(each["guild_id"]), int(each["id"])): set(map(int, each.get("roles") or ()))
        for each in state["people"]
        if each.get("guild_id")
    }


async def drift_of(machines: Machines, database: Database, camps: Sequence[Camp]) -> list[str]:
    """See that the report shows those to whom somebody gave a role by hand, and nobody else."""
    settings = load_settings(
        discord_application_id=machines.identity.application_id,
        discord_bot_token=machines.identity.bot_token,
        discord_api_url=f"{machines.simulator}/api/v10",
    )
    wrong = []
    async with connect_discord(settings) as discord:
        places = Places(discord)
        for camp in camps:
            report = await drift.read_drift(database, places, manager(camp.place.guild_id))
            found = {(each.user_id, each.drift) for each in report.rows}
            found ^= {(camp.bystander, drift.Drift.BY_HAND)}
            wrong += [f"drift: {user_id}: {kind}" for user_id, kind in found]
    return wrong
