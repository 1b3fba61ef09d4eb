"""What is read of an incident: in the log, and in the reply to whoever decided."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.discord.reply import MAX_TEXT, Kind
from app.ids import MAX_SNOWFLAKE, new_id
from app.language import language_of
from app.moderation.cases import Case, Subject
from app.moderation.domain import CaseAction, CaseStatus
from app.moderation.failures import Failure
from app.moderation.incident_rendering import incident_embed, incident_reply
from app.moderation.incident_values import MOST, Incident, IncidentKind, pending_case

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ENGLISH = language_of("en-US")
WORST = "*" * 512

INCIDENT = Incident(
    id=new_id(),
    guild_id=1,
    number=7,
    created_at=NOW,
    kind=IncidentKind.MASSBAN,
    moderator_id=MAX_SNOWFLAKE,
    moderator_tag="ada",
    reason=WORST,
    delete_seconds=0,
    log_channel_id=None,
    log_message_id=None,
    logged_version=0,
    version=1,
    interaction_id=None,
    idempotency_key="key",
)


def cases(
    how_many: int, status: CaseStatus = CaseStatus.PENDING, failure: Failure | None = None
) -> list[Case]:
    made = [
        pending_case(
            INCIDENT,
            Subject(MAX_SNOWFLAKE - place, None),
            CaseAction.MASSBAN,
            number=1_000_000 + place,
            moderator=(INCIDENT.moderator_id, None),
            reason=WORST,
            interaction_id=None,
            idempotency_key=str(place),
            now=NOW,
        )
        for place in range(how_many)
    ]
    return [replace(case, status=status, failure=failure) for case in made]


class TestTheLog:
    @pytest.mark.parametrize("how_many", [1, 40, MOST, 2 * MOST])
    def test_lists_as_many_as_fit_and_says_how_many_more(self, how_many: int) -> None:
        embed = incident_embed(ENGLISH, INCIDENT, cases(how_many))
        listed = embed["description"].split("\n")
        left = how_many - sum(line.startswith("`#") for line in listed)
        assert listed[-1] == f"and {left} more" if left else listed[-1].startswith("`#")
        assert listed[0] == f"`#1000000` · Mass ban · <@{MAX_SNOWFLAKE}> · waiting to be done"
        assert len(embed["description"]) <= 4096
        written = [embed["title"], embed["description"], embed["footer"]["text"]]
        for field in embed["fields"]:
            assert len(field["value"]) <= 1024
            written += [field["name"], field["value"]]
        assert sum(map(len, written)) <= 6000
        assert embed["footer"]["text"] == INCIDENT.mark

    def test_is_grey_once_nothing_is_in_force(self) -> None:
        colours = [incident_embed(ENGLISH, INCIDENT, cases(2, status))["color"] for status in CaseStatus]
        lively = {CaseStatus.PENDING, CaseStatus.ACTIVE}
        assert [colour == colours[0] for colour in colours] == [status in lively for status in CaseStatus]


class TestTheReply:
    @pytest.mark.parametrize(
        ("made", "kind", "title"),
        [
            (cases(3), Kind.INFO, "Banning"),
            (cases(3, CaseStatus.ACTIVE) + cases(1), Kind.INFO, "Banning"),
            (cases(3, CaseStatus.ACTIVE), Kind.DONE, "Banned"),
            (
                cases(1, CaseStatus.ACTIVE) + cases(2, CaseStatus.FAILED, Failure.BOT_GONE),
                Kind.DONE,
                "Banned",
            ),
            (cases(2, CaseStatus.FAILED, Failure.BOT_GONE), Kind.REFUSED, "Not done"),
            (cases(2, CaseStatus.UNDONE), Kind.DONE, "Over"),
        ],
    )
    def test_says_what_became_of_all_of_them(self, made: list[Case], kind: Kind, title: str) -> None:
        reply = incident_reply(ENGLISH, INCIDENT, made)
        assert (reply.kind, reply.title) == (kind, title)

    def test_names_whom_it_was_not_done_to_and_why_and_fits(self) -> None:
        made = cases(MOST - 8, CaseStatus.FAILED, Failure.MODERATOR_TOO_LOW)
        made += cases(4, CaseStatus.FAILED, Failure.ALREADY_BANNED) + cases(4, CaseStatus.ACTIVE)
        lines = incident_reply(ENGLISH, INCIDENT, made).lines
        assert lines[1:3] == ("- Mass ban · failed: 196", "- Mass ban · in force: 4")
        assert f"<@{MAX_SNOWFLAKE - 9}> and 182 more: When it was to be done" in lines[3]
        assert "Somebody had banned this account before." in lines[4]
        assert len("\n".join(lines)) + 50 <= MAX_TEXT
