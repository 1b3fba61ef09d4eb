"""A custom id comes back as it was written, in the guild it was written for, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.custom_id import LONGEST, CustomId, CustomIds
from interactions.errors import OutdatedControlError
from interactions.table import ROUTES

IDS = CustomIds(b"a key of the tests")
GUILD = 2**62
WIDEST = 2**63 - 1

snowflakes = st.integers(1, WIDEST)
rows = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", max_size=32)
parts = st.builds(CustomId, st.sampled_from(["history", "send"]), rows, snowflakes, snowflakes)


@given(parts, snowflakes)
def test_comes_back_as_it_was_written(custom_id: CustomId, guild_id: int) -> None:
    assert IDS.read(guild_id, IDS.write(guild_id, custom_id)) == custom_id


@given(parts, st.data())
def test_with_any_character_changed_is_refused(custom_id: CustomId, data: st.DataObject) -> None:
    written = IDS.write(GUILD, custom_id)
    at = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.characters().filter(lambda character: character != written[at]))
    with pytest.raises(OutdatedControlError):
        IDS.read(GUILD, written[:at] + other + written[at + 1 :])


@given(parts)
def test_of_another_guild_or_key_is_refused(custom_id: CustomId) -> None:
    written = IDS.write(GUILD, custom_id)
    with pytest.raises(OutdatedControlError):
        IDS.read(GUILD + 1, written)
    with pytest.raises(OutdatedControlError):
        CustomIds(b"another key").read(GUILD, written)


@given(st.text(max_size=120))
def test_that_is_anything_at_all_is_refused(written: str) -> None:
    with pytest.raises(OutdatedControlError):
        IDS.read(GUILD, written)


@pytest.mark.parametrize("written", ["", "1.....", "2.send..1.1.x", "ticket-close", "1.send..zz.1.AAAA"])
def test_of_others_is_refused(written: str) -> None:
    with pytest.raises(OutdatedControlError):
        IDS.read(GUILD, written)


def test_has_room_for_a_uuid_and_the_largest_ids_in_every_control_and_form() -> None:
    names = [*(each.name for each in ROUTES.controls), *(each.name for each in ROUTES.forms)]
    for name in names:
        assert len(IDS.write(GUILD, CustomId(name, "f" * 32, WIDEST, WIDEST))) <= LONGEST


def test_that_would_be_too_long_or_ambiguous_is_a_defect() -> None:
    with pytest.raises(ValueError, match="characters"):
        IDS.write(GUILD, CustomId("send", "x" * 90, 1, 1))
    with pytest.raises(ValueError, match="dot"):
        IDS.write(GUILD, CustomId("send", "1.2", 1, 1))
