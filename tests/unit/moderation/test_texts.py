"""What a member is told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.domain import CaseAction
from app.moderation.texts import DEFAULT_TEXTS, DM_MOMENTS, TOKENS, Moment, dm_text

WHEN = {
    "note": "never",
    "warn": "after",
    "timeout": "after",
    "untimeout": "after",
    "kick": "before",
    "ban": "before",
    "unban": "never",
    "purge": "never",
    "massban": "never",
}

HOSTILE = [
    "{user}",
    "{reason}{reason}",
    "{guild.owner}",
    "{0}",
    "%s %(user)s",
    "{{user}}",
    "{user!r}",
    "$user",
    r"\1 \g<1>",
    "{",
    "}",
    "@everyone",
]


def told(text: str, reason: str = "spam", **more: str) -> str:
    facts = {"user": "ada", "guild": "Chess", "appeal_url": "https://example.org/appeal"} | more
    return dm_text(text, reason=reason, duration=timedelta(hours=36), **facts)


class TestAText:
    def test_has_its_tokens_replaced(self) -> None:
        assert told("{user}, {guild}: {reason}, {duration}; {appeal}") == (
            "ada, Chess: spam, 1d 12h; https://example.org/appeal"
        )

    def test_says_so_where_there_is_nothing(self) -> None:
        text = dm_text("{reason}; {duration}; {appeal}", user="ada", guild="Chess", reason=None)
        assert text == "no reason was given; without an end; ask the moderators"

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_takes_what_replaces_a_token_as_it_is(self, hostile: str) -> None:
        assert told("{reason} ({user})", reason=hostile, user=hostile) == f"{hostile} ({hostile})"

    @pytest.mark.parametrize(
        "text", ["{users}", "{User}", "{ user }", "{user.name}", "{user!r}", "{0}", "{}", "%(user)s", "{n}"]
    )
    def test_keeps_what_is_no_token(self, text: str) -> None:
        assert told(text) == text

    @given(reason=st.text(min_size=1, max_size=512), user=st.text(max_size=32))
    def test_survives_whatever_people_write(self, reason: str, user: str) -> None:
        assert told("a{reason}b{user}c", reason=reason, user=user) == f"a{reason}b{user}c"

    def test_ends_where_discord_ends_a_message(self) -> None:
        text = told("{reason}" * 10, reason="x" * 512)
        assert len(text) == 2_000
        assert text.endswith("x…")


class TestEveryAction:
    def test_is_told_when_the_table_says(self) -> None:
        assert {action.value: moment.value for action, moment in DM_MOMENTS.items()} == WHEN

    @pytest.mark.parametrize("action", CaseAction)
    def test_has_a_text_if_it_is_told(self, action: CaseAction) -> None:
        assert (action in DEFAULT_TEXTS) is (DM_MOMENTS[action] is not Moment.NEVER)
        text = told(DEFAULT_TEXTS.get(action, ""))
        assert not any(f"{{{token}}}" in text for token in TOKENS)
