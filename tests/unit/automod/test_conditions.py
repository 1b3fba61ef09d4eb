"""When a rule applies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from app.automod.conditions import Conditions, holds, is_about_message
from app.automod.observation import Kind, Observation
from app.automod.windows import Noted

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def account(age: timedelta) -> int:
    """Make the id of an account that is so old at noon."""
    return int((NOON - age - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000) << 22


DAY = timedelta(days=1)
SEEN = Observation(
    Kind.MESSAGE,
    guild_id=1,
    user_id=account(10 * DAY),
    at=NOON,
    role_ids=frozenset({5, 6}),
    joined_at=NOON - 3 * DAY,
    channel_id=20,
    parent_id=2,
    message_id=9,
    content="hello",
)
FILE = replace(SEEN, filenames=("cat.png",))
EDIT = replace(SEEN, kind=Kind.EDIT)
JOIN = replace(SEEN, kind=Kind.JOIN, channel_id=None, parent_id=None, message_id=None, joined_at=None)


@pytest.mark.parametrize(
    ("conditions", "seen", "expected"),
    [
        ({}, SEEN, True),
        ({"channels_only": ["20"]}, SEEN, True),
        ({"channels_only": ["2"]}, SEEN, True),  # a thread belongs to its channel
        ({"channels_only": ["3"]}, SEEN, False),
        ({"channels_except": ["20"]}, SEEN, False),
        ({"channels_except": ["2"]}, SEEN, False),
        ({"channels_except": ["3"]}, SEEN, True),
        ({"channels_only": ["2"], "channels_except": ["20"]}, SEEN, False),
        ({"channels_only": ["2"]}, JOIN, False),
        ({"roles_only": ["6", "7"]}, SEEN, True),
        ({"roles_only": ["7"]}, SEEN, False),
        ({"roles_except": ["6"]}, SEEN, False),
        ({"roles_except": ["7"]}, SEEN, True),
        ({"account_age_below_days": 11}, SEEN, True),
        ({"account_age_below_days": 10}, SEEN, False),
        ({"member_age_below_days": 4}, SEEN, True),
        ({"member_age_below_days": 3}, SEEN, False),
        ({"member_age_below_days": 4}, replace(SEEN, joined_at=None), False),
        ({"member_age_below_days": 1}, JOIN, True),
        ({"has_attachment": True}, SEEN, False),
        ({"has_attachment": True}, FILE, True),
        ({"has_attachment": False}, SEEN, True),
        ({"has_attachment": False}, FILE, False),
        ({"on": "new"}, SEEN, True),
        ({"on": "new"}, EDIT, False),
        ({"on": "edited"}, EDIT, True),
        ({"on": "edited"}, SEEN, False),
        ({"roles_only": ["5"], "has_attachment": True}, SEEN, False),
    ],
)
def test_all_must_hold(conditions: dict[str, object], seen: Observation, expected: bool) -> None:  # noqa: FBT001 - a column
    assert holds(Conditions.model_validate(conditions), seen) is expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"channels_except": ["2"]}, False),
        ({"roles_except": ["6"]}, False),
        ({"account_age_below_days": 10}, False),
        ({"member_age_below_days": 3}, False),
        ({"member_age_below_days": 4, "has_attachment": True, "on": "edited"}, True),
    ],
)
def test_hold_for_earlier_messages_of_a_burst_as_far_as_they_are_remembered(
    conditions: dict[str, object],
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    earlier = Noted(0, 8, SEEN.user_id, SEEN.channel_id, SEEN.parent_id, SEEN.role_ids, SEEN.joined_at, None)
    assert is_about_message(Conditions.model_validate(conditions), earlier, NOON) is expected


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"channels_only": ["2"], "channels_except": ["2"]}, "channel 2 is both among “only” and"),
        ({"roles_only": ["7"], "roles_except": ["7", "8"]}, "role 7 is both among “only” and"),
        ({"roles_only": ["everyone"]}, "'everyone' is not an id of Discord's"),
        ({"roles_only": ["007"]}, "'007' is not an id of Discord's"),
        ({"roles_only": [True]}, "True is not an id of Discord's"),
        ({"roles_only": [str(each) for each in range(1, 102)]}, "at most 100 items"),
        ({"account_age_below_days": 0}, "greater than or equal to 1"),
        ({"on": "deleted"}, "'new' or 'edited'"),
        ({"channel": ["2"]}, "not permitted"),
    ],
)
def test_that_can_never_hold_or_mean_nothing_are_refused(conditions: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Conditions.model_validate(conditions)


def test_write_ids_as_strings_always_in_one_order() -> None:
    written = Conditions(roles_only=frozenset({10, 9, 2**62})).model_dump(mode="json")
    assert written["roles_only"] == ["9", "10", str(2**62)]
    assert Conditions.model_validate(written).roles_only == {9, 10, 2**62}
