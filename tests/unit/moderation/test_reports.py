"""What a report may become, what came of it, and how it reads in the log channel."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language import load_language
from app.moderation.domain import CaseAction, CaseStatus, DmStatus
from app.moderation.report_rendering import outcome_text, quoted, report_embed, report_rows, status_of
from app.moderation.report_rules import (
    TRANSITIONS,
    Outcome,
    Report,
    Reporter,
    ReportStatus,
    can_become,
    outcome,
)
from tests.oracles.markup import marks

ENGLISH = load_language("en")
ALLOWED = {
    "open": "claimed acted dismissed",
    "claimed": "acted dismissed",
    "acted": "",
    "dismissed": "",
}
HOSTILE = (
    "@everyone @here <@1> <@&2> <#3> </x:4> <t:1:R> <:e:5> **b** __u__ ~~s~~ ||x|| `c` ```py\n```",
    "[bank](https://evil.example) <https://evil.example> https://evil.example discord.gg/x",
    "# h\n> q\n>>> q\n-# s\n- l\n1. l\n    indented\n---\n===\n\tcode",
    "\u202egnp.exe\u202c \u2066a\u2069 \u200e\u200f\u061c\u2028# h\u2029> q\x0b# h\x85# h",
)

REPORT = Report(
    id=UUID(int=7),
    guild_id=1,
    number=3,
    created_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    channel_id=2,
    message_id=4,
    author_id=5,
    author_tag="mallory_",
    content="hello",
    status=ReportStatus.OPEN,
    handled_by=None,
    case_id=None,
    log_channel_id=None,
    log_message_id=None,
    logged_version=0,
    version=1,
)
CLAIMED = replace(REPORT, status=ReportStatus.CLAIMED, handled_by=6)
DISMISSED = replace(REPORT, status=ReportStatus.DISMISSED, handled_by=6)


def acted(action: str, status: str) -> Report:
    return replace(
        REPORT,
        status=ReportStatus.ACTED,
        handled_by=6,
        case_number=9,
        case_action=CaseAction(action),
        case_status=CaseStatus(status),
    )


def reporters(count: int) -> list[Reporter]:
    return [Reporter(1000 + number, "en-US", DmStatus.NONE) for number in range(count)]


class TestAReport:
    def test_has_a_line_for_every_status(self) -> None:
        assert set(TRANSITIONS) == set(ReportStatus)

    @pytest.mark.parametrize(("old", "new"), list(product(ReportStatus, ReportStatus)))
    def test_becomes_what_the_table_says_and_nothing_else(self, old: ReportStatus, new: ReportStatus) -> None:
        assert can_become(old, new) is (new.value in ALLOWED[old.value].split())

    def test_is_closed_once_nothing_can_become_of_it(self) -> None:
        assert [each.is_closed for each in (REPORT, CLAIMED, DISMISSED, acted("warn", "active"))] == [
            False,
            False,
            True,
            True,
        ]


class TestWhatCameOfIt:
    @pytest.mark.parametrize(
        ("report", "expected"),
        [
            (REPORT, None),
            (CLAIMED, None),
            (DISMISSED, Outcome.NOTHING),
            (acted("warn", "active"), Outcome.WARNED),
            (acted("warn", "undone"), Outcome.DEALT_WITH),
            (acted("timeout", "pending"), None),
            (acted("timeout", "active"), Outcome.TIMED_OUT),
            (acted("timeout", "expired"), Outcome.TIMED_OUT),
            (acted("timeout", "failed"), Outcome.DEALT_WITH),
            (replace(acted("warn", "active"), case_action=None, case_status=None), Outcome.DEALT_WITH),
        ],
    )
    def test_is_said_once_it_is_certain(self, report: Report, expected: Outcome | None) -> None:
        assert outcome(report) is expected

    @pytest.mark.parametrize("what", Outcome)
    def test_is_told_without_formatting_of_the_guilds_name(self, what: Outcome) -> None:
        said = outcome_text(ENGLISH, what, "**@everyone** [x](https://evil.example)")
        assert marks(said) == []


class TestQuoted:
    @pytest.mark.parametrize("content", HOSTILE)
    def test_reads_as_it_was_written(self, content: str) -> None:
        assert marks(quoted(content)) == []

    @given(st.text(max_size=300))
    def test_formats_nothing_whatever_it_is(self, content: str) -> None:
        assert marks(quoted(content)) == []

    @pytest.mark.parametrize(
        "fragment", ["*", "\\", "x*", "a\\", "word ", "@everyone ", "\n", "a\n", "👩‍👩‍👧‍👦"]
    )
    def test_of_the_longest_message_fits_and_ends_in_no_escape(self, fragment: str) -> None:
        said = quoted((fragment * 4_000)[:4_000])
        assert len(said) <= 3_500
        assert said.count("\n") < 30
        assert marks(said) == []

    def test_is_whole_if_it_fits(self) -> None:
        assert quoted("one\n\ntwo  words\n") == "one\ntwo words"


class TestTheLogsMessage:
    def test_of_the_longest_report_is_an_embed_that_discord_takes(self) -> None:
        longest = replace(acted("timeout", "active"), content="*" * 4_000, author_tag="_" * 32)
        embed = report_embed(ENGLISH, longest, reporters(5_000))
        values = [field["value"] for field in embed["fields"]]
        assert all(1 <= len(value) <= 1_024 for value in values)
        written = [embed["title"], embed["description"], embed["footer"]["text"], *values]
        assert sum(map(len, written)) + sum(len(field["name"]) for field in embed["fields"]) <= 6_000

    def test_counts_all_reporters_and_names_the_first(self) -> None:
        assert "1 member: <@1000>" in str(report_embed(ENGLISH, REPORT, reporters(1)))
        many = str(report_embed(ENGLISH, REPORT, reporters(21)))
        assert "21 members: <@1000>" in many
        assert "<@1019> …" in many
        assert "<@1020>" not in many

    def test_leads_to_the_message(self) -> None:
        assert "https://discord.com/channels/1/2/4" in str(report_embed(ENGLISH, REPORT, []))

    def test_says_so_if_nothing_was_written(self) -> None:
        assert report_embed(ENGLISH, replace(REPORT, content=" \n"), [])["description"]

    @pytest.mark.parametrize(
        ("report", "said"),
        [
            (REPORT, "waiting for a moderator"),
            (CLAIMED, "claimed by <@6>"),
            (DISMISSED, "dismissed by <@6>"),
            (acted("warn", "active"), "acted on by <@6>: case #9"),
        ],
    )
    def test_says_what_has_become_of_it(self, report: Report, said: str) -> None:
        assert status_of(ENGLISH, report) == said

    def test_has_buttons_until_somebody_has_decided(self) -> None:
        def shown(report: Report) -> list[tuple[str, bool]]:
            rows = report_rows(ENGLISH, report, lambda name: name)
            return [(each["label"], each["disabled"]) for row in rows for each in row["components"]]

        assert shown(REPORT) == [("Claim", False), ("Warn", False), ("Time out", False), ("Dismiss", False)]
        assert shown(CLAIMED)[0] == ("Claim", True)
        assert shown(DISMISSED) == shown(acted("warn", "active")) == []
