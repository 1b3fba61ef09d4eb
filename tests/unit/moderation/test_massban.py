"""Lists of accounts as people type them, and who is left out of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.ranks import Outranked, RankFacts
from app.discord.ranks import Rank
from app.errors import InvalidInputError
from app.ids import MAX_SNOWFLAKE
from app.moderation.incident_values import MOST, parse_accounts, protected

FIRST, SECOND, THIRD = 544397697248657425, 717635077260968080, 1290337710023319572
SEPARATORS = (" ", ",", ", ", ";", "\n", " / ", "|", "\t", "\r\n")

ids = st.integers(min_value=10**16, max_value=MAX_SNOWFLAKE)


class TestAList:
    @pytest.mark.parametrize(
        "typed",
        [
            f"{FIRST} {SECOND} {THIRD}",
            f"<@{FIRST}>, <@!{SECOND}>;{THIRD}",
            f"\n- <@{FIRST}>\n- {SECOND}\n- {THIRD}".replace("- ", ""),
            f"[{FIRST}, '{SECOND}', \"{THIRD}\"]",
            f"{FIRST},{SECOND},{FIRST},,{THIRD},{SECOND},",
            f"<@{FIRST}><@{SECOND}><@{THIRD}>",
        ],
    )
    def test_has_any_usual_separator_and_each_account_once(self, typed: str) -> None:
        assert parse_accounts(typed) == (FIRST, SECOND, THIRD)

    @given(st.lists(ids, min_size=1, max_size=MOST, unique=True), st.sampled_from(SEPARATORS), st.booleans())
    def test_is_read_back(self, accounts: list[int], separator: str, mentions: bool) -> None:  # noqa: FBT001 - drawn
        typed = separator.join(f"<@{each}>" if mentions else str(each) for each in accounts)
        assert parse_accounts(typed) == tuple(accounts)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Nobody is named"),
            (" , ;", "Nobody is named"),
            ("spam", "“spam” is no id and no mention"),
            (f"{FIRST} @ada", "“ada” is no id and no mention"),
            (f"<@&{FIRST}>", "is no id and no mention"),
            (f"<#{FIRST}>", "is no id and no mention"),
            ("43", "“43” is no id and no mention"),
            (f"-{FIRST}", "is no id and no mention"),
            (str(MAX_SNOWFLAKE + 1), "is no id and no mention"),
            (str(FIRST)[:-1] + "\u0665", "is no id and no mention"),
            ("9" * 5_000, "is no id and no mention"),
        ],
    )
    def test_that_names_something_else_is_refused_with_what_is_wrong(self, typed: str, said: str) -> None:
        with pytest.raises(InvalidInputError) as refused:
            parse_accounts(typed)
        assert said in str(refused.value)
        assert "Nothing was done" in str(refused.value)
        assert len(str(refused.value)) < 200

    def test_of_more_than_two_hundred_is_refused_with_the_number(self) -> None:
        typed = " ".join(str(FIRST + each) for each in range(MOST + 1))
        with pytest.raises(InvalidInputError, match="These are 201 accounts, and 200 can be banned"):
            parse_accounts(typed)


class TestWhoIsLeftOut:
    def test_oneself_the_bot_and_the_owner_are(self) -> None:
        rank = Rank(1, 1)
        ranks = RankFacts(owner_id=SECOND, bot_id=THIRD, bot=rank, actor=rank, target=rank)
        assert protected((1, FIRST, SECOND, THIRD), FIRST, ranks) == {
            FIRST: Outranked.SELF,
            SECOND: Outranked.OWNER,
            THIRD: Outranked.BOT,
        }

    def test_without_knowing_the_guild_only_oneself_is(self) -> None:
        assert protected((FIRST, SECOND), FIRST, None) == {FIRST: Outranked.SELF}
