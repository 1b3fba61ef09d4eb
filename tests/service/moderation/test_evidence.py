"""What is kept of a file that was given with a case."""

from dataclasses import replace
from hashlib import sha256

import pytest

from app.database.tx import Tx
from app.language import language_of
from app.moderation import evidence as moderation_evidence
from app.moderation.cases import Case, Evidence, Order
from app.moderation.domain import CaseAction
from app.moderation.evidence import SENTENCES, EvidenceFailure, EvidenceFile, evidence_line
from tests.support.deciding import decide, moderator
from tests.support.guilds import member, new_guild

pytestmark = pytest.mark.anyio

URL = "https://cdn.discordapp.com/ephemeral-attachments/1/2/proof.png?ex=1"
CONTENT = b"what it shows"
GIVEN = Evidence("proof.png", "image/png", 12, URL)


async def warned(tx: Tx, guild_id: int, evidence: Evidence | None = GIVEN) -> Case:
    order = Order(CaseAction.WARN, "spam", evidence=evidence)
    return (await decide(tx, moderator(guild_id), member(), order)).case


async def file_of(tx: Tx, case: Case) -> EvidenceFile:
    found = await moderation_evidence.find(tx, case)
    assert found is not None
    return found


class TestFind:
    async def test_gives_what_was_given_with_the_case_and_with_no_other(self, tx: Tx, guild_id: int) -> None:
        case = await warned(tx, guild_id)
        found = await file_of(tx, case)
        assert (found.filename, found.content_type, found.size, found.url) == (
            "proof.png",
            "image/png",
            12,
            URL,
        )
        assert (found.sha256, found.failure) == (None, None)
        assert await moderation_evidence.find(tx, await warned(tx, guild_id, None)) is None
        assert await moderation_evidence.find(tx, replace(case, guild_id=new_guild())) is None


class TestNote:
    async def test_of_a_file_that_is_kept_forgets_its_address(self, tx: Tx, guild_id: int) -> None:
        case, other = await warned(tx, guild_id), await warned(tx, guild_id)
        found = await file_of(tx, case)
        await moderation_evidence.note(tx, found.fetched(CONTENT))
        kept = await file_of(tx, case)
        assert (kept.size, kept.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())
        assert (kept.url, kept.failure) == (None, None)
        assert (await file_of(tx, other)).url == URL

    async def test_of_what_is_settled_changes_nothing(self, tx: Tx, guild_id: int) -> None:
        for is_kept in (True, False):
            case = await warned(tx, guild_id)
            waiting = await file_of(tx, case)
            done = waiting.fetched(CONTENT) if is_kept else waiting.failed(EvidenceFailure.GONE)
            await moderation_evidence.note(tx, done)
            settled = await file_of(tx, case)
            await moderation_evidence.note(tx, waiting.failed(EvidenceFailure.UNREACHABLE))
            await moderation_evidence.note(tx, waiting.fetched(b"another"))
            assert await file_of(tx, case) == settled

    @pytest.mark.parametrize("failure", EvidenceFailure)
    async def test_of_what_somebody_can_change_keeps_the_address(
        self, tx: Tx, guild_id: int, failure: EvidenceFailure
    ) -> None:
        case = await warned(tx, guild_id)
        await moderation_evidence.note(tx, (await file_of(tx, case)).failed(failure))
        may_still_be = failure in {EvidenceFailure.NO_LOG, EvidenceFailure.LOG_CLOSED}
        found = await file_of(tx, case)
        assert (found.failure, found.url) == (failure.value, URL if may_still_be else None)
        await moderation_evidence.note(tx, found.fetched(CONTENT))
        assert ((await file_of(tx, case)).sha256 is not None) is may_still_be


class TestTheLine:
    async def test_says_what_became_of_it(self, tx: Tx, guild_id: int) -> None:
        english = language_of("en")
        found = replace(await file_of(tx, await warned(tx, guild_id)), filename="a*b*.png")
        assert evidence_line(english, found) == r"a\*b\*\.png, not fetched yet"
        erased = replace(found, filename="", url=None)
        assert evidence_line(english, erased) == "a file, not kept"
        for size, shown in ((0, "0"), (1, "1"), (1024, "1"), (1025, "2"), (10 * 1024 * 1024, "10,240")):
            kept = replace(found.fetched(b"x"), size=size)
            digest = sha256(b"x").hexdigest()[:12]
            assert evidence_line(english, kept) == rf"a\*b\*\.png, {shown} KiB, SHA-256 {digest}…"

    async def test_has_a_sentence_for_every_failure(self, tx: Tx, guild_id: int) -> None:
        found = await file_of(tx, await warned(tx, guild_id))
        for failure in EvidenceFailure:
            line = evidence_line(language_of("en"), found.failed(failure))
            assert line == rf"proof\.png: {SENTENCES[failure]}"
            assert line.endswith(".")
