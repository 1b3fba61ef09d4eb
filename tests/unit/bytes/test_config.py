"""What a guild may choose, and that schema and database agree on it."""

import pytest
from pydantic import ValidationError

from app.bytes.config import BytesConfig

RANGES = {
    "starting_balance": (0, 1_000_000),
    "daily_amount": (0, 100_000),
    "day_resets_at": (0, 23),
    "max_transfer": (1, 1_000_000),
    "cooldown_hours": (0, 168),
    "minimum_account_age_days": (0, 3650),
}


def test_defaults_are_those_of_the_documentation() -> None:
    assert BytesConfig().model_dump() == {
        "starting_balance": 100,
        "daily_amount": 10,
        "streak_bonuses": {8: 2, 16: 4, 32: 8, 64: 16},
        "day_resets_at": 0,
        "max_transfer": 1_000,
        "cooldown_hours": 0,
        "minimum_account_age_days": 7,
        "role_rewards": {},
        "role_rewards_basis": "earned",
    }


@pytest.mark.parametrize("name", RANGES)
def test_bounds_are_inclusive(name: str) -> None:
    lowest, highest = RANGES[name]
    for value in (lowest, highest):
        assert getattr(BytesConfig.model_validate({name: value}), name) == value
    for value in (lowest - 1, highest + 1):
        with pytest.raises(ValidationError):
            BytesConfig.model_validate({name: value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": 1},
        {"streak_bonuses": {0: 2}},
        {"streak_bonuses": {8: 0}},
        {"streak_bonuses": dict.fromkeys(range(1, 30), 2)},
        {"role_rewards": {"not an id": 10}},
        {"role_rewards": {"0012": 10}},
        {"role_rewards": {"12": 0}},
        {"role_rewards_basis": "sent"},
    ],
)
def test_anything_else_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BytesConfig.model_validate(wrong)


def test_survives_a_way_through_json() -> None:
    config = BytesConfig(role_rewards={"123456789012345678": 500}, streak_bonuses={3: 5})
    assert BytesConfig.model_validate_json(config.model_dump_json()) == config
