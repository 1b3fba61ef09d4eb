"""Who may be given how much, and what a reason may be."""

from datetime import UTC, datetime, timedelta

import pytest

from app.bytes import domain
from app.bytes.domain import AccountTooYoungError, Member
from app.errors import InvalidInputError
from app.ids import snowflake_time
from tests.support.guilds import snowflake

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class TestReceiver:
    def test_can_be_another_person(self) -> None:
        domain.check_receiver(Member(2, "ada"), giver_id=1)

    def test_cannot_be_oneself(self) -> None:
        with pytest.raises(InvalidInputError, match="to yourself"):
            domain.check_receiver(Member(1, "ada"), giver_id=1)

    def test_cannot_be_a_bot(self) -> None:
        with pytest.raises(InvalidInputError, match="Bots"):
            domain.check_receiver(Member(2, "bot", is_bot=True), giver_id=1)

    def test_of_minted_bytes_can_be_anybody_but_a_bot(self) -> None:
        domain.check_receiver(Member(1, "ada"), giver_id=None)
        with pytest.raises(InvalidInputError, match="Bots"):
            domain.check_receiver(Member(2, "bot", is_bot=True), giver_id=None)


class TestAmount:
    @pytest.mark.parametrize("amount", [1, 2, 1000])
    def test_within_the_range_is_fine(self, amount: int) -> None:
        domain.check_amount(amount, 1000)

    @pytest.mark.parametrize("amount", [0, -1, 1001, 2**53])
    def test_outside_it_names_the_range(self, amount: int) -> None:
        with pytest.raises(InvalidInputError, match="between 1 and 1,000 bytes"):
            domain.check_amount(amount, 1000)


class TestAccountAge:
    def test_is_told_by_the_id(self) -> None:
        young = snowflake(timedelta(days=3), now=NOW)
        with pytest.raises(AccountTooYoungError) as refusal:
            domain.check_account_age(young, 7, NOW)
        assert refusal.value.old_enough_at == snowflake_time(young) + timedelta(days=7)

    def test_on_the_very_day_is_enough(self) -> None:
        domain.check_account_age(snowflake(timedelta(days=7), now=NOW), 7, NOW)

    def test_can_be_waived(self) -> None:
        domain.check_account_age(snowflake(timedelta(0), now=NOW), 0, NOW)


class TestReason:
    def test_may_be_absent(self) -> None:
        assert domain.clean_reason(None) is None

    def test_loses_outer_and_repeated_white_space(self) -> None:
        assert domain.clean_reason("  for \n\t the   review ") == "for the review"

    @pytest.mark.parametrize("nothing", ["", "   ", "\n", "\u200b\u2060", "\ufeff"])
    def test_without_anything_visible_is_none(self, nothing: str) -> None:
        assert domain.clean_reason(nothing) is None

    def test_of_200_characters_is_kept(self) -> None:
        assert domain.clean_reason("x" * 200) == "x" * 200

    def test_of_more_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="at most 200"):
            domain.clean_reason("x" * 201)
