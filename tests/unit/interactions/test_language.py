"""What is said reads right in every language, whatever the facts."""

from datetime import UTC, datetime

import pytest

from app.language import LOCALES, SEPARATORS, SOURCE, Language, language_of, load_language
from app.wording import Mention, Term, byte_count
from simulator.forms.guild import LOCALES as KNOWN_TO_DISCORD

ENGLISH, GERMAN = load_language("en"), load_language("de")


def test_every_language_but_the_source_has_names_of_discord() -> None:
    assert set(LOCALES) | {SOURCE} == set(SEPARATORS)
    for name, locales in LOCALES.items():
        assert locales
        assert {language_of(locale).name for locale in locales} == {name}
    assert {locale for locales in LOCALES.values() for locale in locales} <= set(KNOWN_TO_DISCORD)


@pytest.mark.parametrize(
    ("locale", "name"),
    [("de", "de"), ("en-US", "en"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("de-AT", "de"), ("..", "en")],
)
def test_the_members_locale_decides(locale: str, name: str) -> None:
    assert language_of(locale).name == name


@pytest.mark.parametrize(
    ("fact", "english", "german"),
    [
        (1240, "1,240", "1.240"),
        (-1240, "-1,240", "-1.240"),
        (byte_count(0), "0 bytes", "0 Bytes"),
        (byte_count(1), "1 byte", "1 Byte"),
        (byte_count(2**62), "4,611,686,018,427,387,904 bytes", "4.611.686.018.427.387.904 Bytes"),
        (byte_count(1240), "1,240 bytes", "1.240 Bytes"),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "<t:1772452800:R>", "<t:1772452800:R>"),
        (Mention(7), "<@7>", "<@7>"),
        (Mention(0), "the treasury", "die Schatzkammer"),
        (Mention(-7), "a former member", "ein früheres Mitglied"),
        (Term("Manage Server"), "Manage Server", "Server verwalten"),
        ("plain", "plain", "plain"),
    ],
)
def test_facts_are_written_as_the_language_does(fact: object, english: str, german: str) -> None:
    assert ENGLISH.say("{fact}", fact=fact) == english  # type: ignore[arg-type] # each is a fact
    assert GERMAN.say("{fact}", fact=fact) == german  # type: ignore[arg-type] # each is a fact


@pytest.mark.parametrize(
    "text",
    ["{other}", "{fact}", "{0.__class__}", "%s", "@everyone", "**bold**", "<@7>", "a\nb", "`", "||x||"],
)
@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=lambda language: language.name)
def test_text_of_people_is_never_a_pattern_or_markdown(text: str, language: Language) -> None:
    said = language.say("Said: {fact} and {other}", fact=text, other="X")
    assert said.count("X") == 1
    assert said.endswith(" and X")
    for active in ("**bold**", "<@7>", "\n", "||x||"):
        assert active not in said


def test_a_gap_without_a_fact_stays() -> None:
    assert ENGLISH.say("{missing} {fact}", fact=1) == "{missing} 1"


def test_a_message_without_a_translation_is_said_in_english() -> None:
    assert (
        GERMAN.say("Nobody ever says this to {member}.", member=Mention(7))
        == "Nobody ever says this to <@7>."
    )


def test_gaps_come_where_the_language_has_them() -> None:
    said = GERMAN.say(
        "You can send bytes again {until}. Nothing was sent.", until=datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert said == "Du kannst <t:1772409600:R> wieder Bytes senden. Nichts wurde gesendet."
