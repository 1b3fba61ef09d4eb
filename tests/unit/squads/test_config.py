"""What a server may choose for its squads."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.squads.config import MOST_SQUADS, SquadDraft, SquadsConfig, SquadsSection


def squad(name: str = "Red", role_id: int = 7, **more: object) -> dict[str, Any]:
    return {"name": name, "role_id": str(role_id)} | more


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": " Red"}, "name"),
        ({"name": "R  ed"}, "name"),
        ({"name": "Red\n"}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "\u202egnp"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"description": "x" * 201}, "description"),
        ({"role_id": "007"}, "role_id"),
        ({"role_id": "-7"}, "role_id"),
        ({"role_id": "@everyone"}, "role_id"),
        ({"role_id": 7}, "role_id"),
        ({"switch_cost": -1}, "switch_cost"),
        ({"switch_cost": 1_000_001}, "switch_cost"),
        ({"max_members": 0}, "max_members"),
        ({"is_default": True, "is_active": False}, "cannot be the one where everybody begins"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_naming_the_place(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        SquadDraft.model_validate(squad() | changes)


@pytest.mark.parametrize(
    ("squads", "named"),
    [
        ([squad("Red", 1), squad("RED", 2)], "the same name"),
        ([squad("Red", 1), squad("Blue", 1)], "the same role"),
        ([squad("Red", 1, is_default=True), squad("Blue", 2, is_default=True)], "begin in one squad only"),
        ([squad(str(n), n + 1) for n in range(MOST_SQUADS + 1)], "at most 25"),
    ],
)
def test_what_cannot_be_together_is_refused(squads: list[dict[str, Any]], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        SquadsSection.model_validate({"squads": squads})


def test_little_has_to_be_said() -> None:
    section = SquadsSection.model_validate({"squads": [squad()]})
    (red,) = section.squads
    assert (red.switch_cost, red.max_members, red.is_default, red.is_active) == (0, None, False, True)
    assert section.config == SquadsConfig()
    assert SquadsSection.model_validate_json(section.model_dump_json()) == section
