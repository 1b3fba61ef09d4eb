"""Every error a command can end with has a title, a sentence, and a form Discord takes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

import app.discord.port  # noqa: F401 - its errors are part of the tree
from app.automod.backtests.service import BacktestRunningError
from app.automod.raids.answers import NobodyLeftError
from app.bytes import domain
from app.discord.port import DiscordError
from app.errors import (
    ConflictError,
    FeatureOffError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    SmarterDevError,
    UnavailableError,
)
from app.language import SEPARATORS, Language, load_language
from app.moderation.changing import NotUndoableError
from app.moderation.massban import NobodyToBanError
from app.privacy.domain import TooMuchToShowError
from app.squads.domain import (
    AlreadyMemberError,
    CostChangedError,
    NotMemberError,
    SquadClosedError,
    SquadFullError,
)
from interactions import errors
from tests.oracles.discord_schema import assert_callback
from tests.support.signed import is_ephemeral, text_of

ENGLISH = load_language("en")
LANGUAGES = [load_language(name) for name in SEPARATORS]
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

EXAMPLES: list[SmarterDevError] = [
    RefusedError("No."),
    NotAllowedError("You may not."),
    InvalidInputError("Between 1 and 5."),
    FeatureOffError("Bytes is switched off."),
    NotFoundError("There is no such thing."),
    ConflictError("It was changed."),
    UnavailableError("Please try again."),
    OutcomeUnknownError("It is not certain."),
    domain.InsufficientBytesError(balance=2**62, amount=10**6),
    domain.CooldownError(AT),
    domain.AlreadyClaimedError(AT),
    domain.AccountTooYoungError(7, AT),
    domain.DuplicateKeyError(),
    domain.NotEnoughToTakeError(7, 2**62),
    domain.NotEnoughToTakeError(-7, 0),
    domain.NotEnoughToUndoError(7, 2**62, 2**62 + 1),
    domain.NotEnoughToUndoError(-7, 0, 1),
    domain.AlreadyUndoneError(AT),
    domain.ReversalError(),
    domain.CannotPayError(7, 2**31),
    SquadFullError("Red", 10**6),
    SquadClosedError("“{squad}” is closed. Nothing was changed.", squad="Red"),
    AlreadyMemberError("You are in “{squad}” already. Nothing was changed.", squad="Red"),
    NotMemberError(),
    CostChangedError(2**31),
    TooMuchToShowError(),
    BacktestRunningError(who=1, at=AT, fetched=10_000, backtest_id=UUID(int=1)),
    NobodyLeftError("Nobody is left in incident #{number}. Nothing was done.", number="12"),
    NobodyToBanError("Nobody is left to be banned. Nothing was done."),
    NotUndoableError("Case #{number} is undone already. Nothing was done.", number="12"),
    errors.OutdatedControlError(),
    errors.NotYoursError(),
    errors.ExpiredError(),
    errors.AlreadyUsedError(),
    errors.NotInAServerError(),
    errors.FloodError(),
]


def tree(root: type[SmarterDevError]) -> Iterator[type[SmarterDevError]]:
    for child in root.__subclasses__():
        yield child
        yield from tree(child)


def test_every_error_a_service_raises_is_tried_here() -> None:
    """Errors of the start and of Discord's REST never reach a command's reply today."""
    elsewhere = {"settings", DiscordError.code} | {error.code for error in tree(DiscordError)}
    assert {error.code for error in tree(SmarterDevError)} - elsewhere == {e.code for e in EXAMPLES}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: error.code)
def test_is_shown_to_nobody_else_in_a_form_discord_takes(error: SmarterDevError, language: Language) -> None:
    callback = errors.render(error, language).callback()
    assert_callback(callback)
    assert is_ephemeral(callback)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: error.code)
def test_has_a_short_title_and_a_whole_sentence(error: SmarterDevError, language: Language) -> None:
    title, sentence = text_of(errors.render(error, language).callback()).split("\n", 1)
    assert len(title.split()) <= 2 + 5  # heading mark, icon, five words
    assert sentence.endswith(".")
    assert not re.search(r"\{\w+\}", sentence), "a gap that nothing fills"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (
            domain.InsufficientBytesError(1240, 5000),
            "You have 1,240 bytes, not 5,000 bytes. Nothing was sent.",
        ),
        (domain.CooldownError(AT), "You can send bytes again <t:1772452800:R>. Nothing was sent."),
        (domain.AlreadyClaimedError(AT), "The next claim opens <t:1772452800:R>."),
        (domain.AccountTooYoungError(7, AT), "yours will be <t:1772452800:R>"),
    ],
)
def test_facts_are_shown_as_discord_can(error: SmarterDevError, shown: str) -> None:
    assert shown in text_of(errors.render(error, ENGLISH).callback())


@pytest.mark.parametrize("committed", [False, True])
def test_a_defect_says_whether_it_was_done_and_where_to_look(*, committed: bool) -> None:
    callback = errors.broken("1f2e3d4c", ENGLISH, committed=committed).callback()
    assert_callback(callback)
    assert ("It was done" in text_of(callback)) is committed
    assert ("Nothing was booked" in text_of(callback)) is not committed
    assert "1f2e3d4c" in text_of(callback)
