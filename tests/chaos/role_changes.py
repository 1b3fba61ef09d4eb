"""Role changes: bytes are granted and taken back, each of which crosses the line of a reward."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.bytes import service as bytes_service
from app.bytes import treasury as bytes_treasury
from app.bytes.domain import Member
from app.database.tx import Database
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds.domain import Actor
from tests.chaos.guilds import Person, Place
from tests.chaos.report import Report

NEEDED = 500
"""Bytes that unlock the reward; a grant is twice of it, so each grant and each undo crosses the line."""


async def configure(database: Database, place: Place) -> None:
    """Have the guild reward bytes with its role."""
    async with database.transaction() as tx:
        config, version = await bytes_service.load_config(tx, place.guild_id)
        rewarding = config.model_copy(update={"role_rewards": {str(place.role_id): NEEDED}})
        await bytes_service.save_config(
            tx, Actor.operator(place.guild_id), rewarding, expected_version=version
        )


@dataclass
class Changing:
    """Decides them."""

    database: Database
    people: Sequence[Person]
    lots: random.Random
    report: Report

    async def decide(self, how_many: int, pause: float) -> None:
        """Grant and undo in an even stream: everybody once, then by lot."""
        for number in range(how_many):
            person = self.people[number] if number < len(self.people) else self.lots.choice(self.people)
            await _change(self.database, person, f"chaos:{number}")
            self.report.changes += 1
            await asyncio.sleep(pause)


async def _change(database: Database, person: Person, key: str) -> None:
    operator = Actor.operator(person.guild_id)
    while True:
        try:
            async with database.transaction() as tx:
                if person.granted is None:
                    receipt = await bytes_treasury.grant_bytes(
                        tx,
                        operator,
                        Member(person.user_id, person.name),
                        2 * NEEDED,
                        reason="a storm",
                        idempotency_key=key,
                    )
                    changed: UUID | None = receipt.transaction.id
                else:
                    await bytes_treasury.undo_transaction(
                        tx, operator, person.granted, force=False, idempotency_key=key
                    )
                    changed = None
        except (UnavailableError, OutcomeUnknownError):
            await asyncio.sleep(0.2)
        else:
            person.granted = changed
            return


def compare(state: Mapping[str, Any], places: Sequence[Place], people: Sequence[Person]) -> list[str]:
    """Tell who of those who are there has the role and should not, or the other way round."""
    earned = {place.guild_id: place.role_id for place in places}
    roles = {
        (int(each["guild_id"]), int(each["id"])): set(map(int, each.get("roles") or ()))
        for each in state["people"]
    }
    differences = []
    for person in people:
        held = roles.get((person.guild_id, person.user_id))
        if held is None:  # removed meanwhile
            continue
        has = earned[person.guild_id] in held
        should = person.role_by_hand or person.granted is not None
        if has != should:
            differences.append(
                f"{person.name} (role by hand: {person.role_by_hand}): has {has}, should have {should}"
            )
    return differences
