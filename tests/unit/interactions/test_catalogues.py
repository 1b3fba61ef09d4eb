"""What is translated is all that members read, and says what the English says."""

import re

import pytest
from babel.messages.catalog import Catalog

from app.language import LOCALES, SEPARATORS, load_language
from app.wording import byte_count
from docs import catalogues
from docs.catalogues import Plain, UntranslatableError, merged, problems, read, render, said
from interactions.errors import TITLES

MESSAGE = "You have {balance}, use `/bytes daily`, not **{amount}**."
COUNT = ("{n} byte", "{n} bytes")
WANTED = catalogues.extract()
KNOWN = {each.id if isinstance(each.id, str) else each.id[0] for each in WANTED if each.id}


def translated(message: str | tuple[str, str], *strings: str, language: str = "de") -> list[str]:
    """Translate one message and give what is wrong with it."""
    wanted, before = Catalog(), Catalog(locale=language)
    wanted.add(message)
    if strings:
        before.add(message, strings[0] if isinstance(message, str) else strings)
    return list(problems(merged(wanted, before)))


@pytest.mark.parametrize("language", LOCALES)
class TestEveryLanguage:
    def test_has_everything(self, language: str) -> None:
        assert list(problems(merged(WANTED, read(language)))) == []

    def test_is_on_disk_as_it_would_be_written(self, language: str) -> None:
        for file, content in render(language, merged(WANTED, read(language))).items():
            assert file.read_bytes() == content, file

    def test_is_the_same_whenever_and_wherever_it_is_written(self, language: str) -> None:
        first, second = (render(language, merged(WANTED, read(language))) for _ in range(2))
        assert first == second
        (po,) = (content for file, content in first.items() if file.suffix == ".po")
        head = po.decode().split("\n\n", 1)[0]
        assert "Date" not in head
        assert "Babel" not in head

    def test_titles_have_at_most_five_words(self, language: str) -> None:
        catalog = read(language)
        for title in TITLES.values():
            message = catalog.get(title)
            assert message is not None
            assert 1 <= len(str(message.string).split()) <= 5, message.string


@pytest.mark.parametrize("name", SEPARATORS)
def test_no_sentence_is_long_even_with_the_largest_facts(name: str) -> None:
    """Of 4,000 characters there are for a reply, each takes few."""
    language = load_language(name)
    for message in KNOWN:
        facts = {gap: byte_count(2**62) for gap in re.findall(r"\{(\w+)\}", message)}
        assert len(language.say(message, **facts)) <= 400, message


def test_a_rank_of_seven_digits_reads_as_one() -> None:
    assert load_language("en").say("Rank #{rank}", rank=9_999_999) == "Rank #9,999,999"
    assert load_language("de").say("Rank #{rank}", rank=9_999_999) == "Platz 9.999.999"


def test_german_has_german_quotes() -> None:
    for each in read("de"):
        strings = [each.string] if isinstance(each.string, str) else each.string or ()
        for string in strings:
            assert string.count("„") == string.count("“")
            assert "”" not in string
            assert '"' not in string or not each.id


class TestATranslation:
    def test_that_is_whole_is_fine(self) -> None:
        german = "Du hast nicht **{amount}**, sondern {balance}; nimm `/bytes daily`."
        assert translated(MESSAGE, german) == []
        assert translated(COUNT, "{n} Byte", "{n} Bytes") == []

    def test_that_is_missing_is_named(self) -> None:
        assert translated(MESSAGE) == [f"not translated: {MESSAGE}"]
        assert translated(MESSAGE, "") == [f"not translated: {MESSAGE}"]
        assert translated(COUNT) == ["not translated: {n} byte"]
        assert translated(COUNT, "{n} Byte", "") == ["not translated: {n} byte"]

    @pytest.mark.parametrize(
        "wrong",
        [
            "Du hast {balance}, nimm `/bytes daily`.",
            "Du hast {stand}, nimm `/bytes daily`, nicht **{amount}**.",
            "Du hast {balance}, nimm `/bytes täglich`, nicht **{amount}**.",
            "Du hast {balance}, nimm /bytes daily, nicht **{amount}**.",
            "Du hast {balance}, nimm `/bytes daily`, nicht {amount}.",
        ],
    )
    def test_with_other_gaps_or_marks_is_named(self, wrong: str) -> None:
        assert translated(MESSAGE, wrong) == [f"other gaps or marks: {MESSAGE}"]

    def test_of_a_count_has_as_many_forms_as_its_language(self) -> None:
        assert translated(COUNT, "{n} bajt", "{n} bajty", "{n} bajtów", language="pl") == []
        assert translated(COUNT, "{n} bajt", "{n} bajty", language="pl") == ["not translated: {n} byte"]

    def test_stays_when_the_code_changes_elsewhere_and_goes_with_its_message(self) -> None:
        wanted, before = Catalog(), Catalog(locale="de")
        wanted.add("Balance")
        before.add("Balance", "Kontostand")
        before.add("Gone", "Weg")
        catalog = merged(wanted, before)
        assert isinstance(catalog, Plain)
        assert [(each.id, each.string) for each in catalog if each.id] == [("Balance", "Kontostand")]


class TestWhatIsCollected:
    def test_is_what_is_declared_said_and_refused(self) -> None:
        assert {
            "Who receives the bytes",  # an option
            "Send bytes",  # a menu
            "Undo a transaction, as if it had never been",  # a subcommand
            "Not enough bytes",  # a title
            "Manage Server",  # a permission
            "moderator",  # a level
            "Bytes",  # a feature
            "the treasury",  # a term
            "{n} byte",  # a count
            "From {member}",  # from a table of a handler
            "{member} has only {balance}. Nothing was taken; choose an amount up to that.",  # one of two
            "You cannot send bytes to yourself. Nothing was booked.",  # at the raise
            "You can send bytes again {until}. Nothing was sent.",  # in the error's class
            "The database does not answer. Nothing was changed; please try again.",  # beside a raise
        } <= KNOWN

    def test_is_nothing_that_only_operators_read(self) -> None:
        assert not [each for each in KNOWN if "SMARTERDEV_" in each or "DATABASE_URL" in each]

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ('raise NotFoundError("One.")', ["One."]),
            ('raise NotFoundError("One." if x else "Two.")', ["One.", "Two."]),
            ('text = "One." if x else "Two."\nraise NotFoundError(text)', ["One.", "Two."]),
            ('raise errors.NotFoundError("One {gap}.", gap=f"{x}")', ["One {gap}."]),
            ("raise NotFoundError(answer.reason)", []),
            ('raise SettingsError("For operators.")', []),
            ('raise ValueError("For us.")', []),
            ("raise CooldownError(until)", []),
            ('class CooldownError(E):\n    def __init__(self):\n        super().__init__("One.")', ["One."]),
            ('class Other(E):\n    def __init__(self):\n        super().__init__("One.")', []),
            ('ctx.say("One.") + ctx.say(each.title)', ["One."]),
            ('Count(n, "{n} one", "{n} many")', [("{n} one", "{n} many")]),
        ],
    )
    def test_are_literals_wherever_they_stand(self, source: str, found: list[str | tuple[str, str]]) -> None:
        assert list(said(source, "file.py")) == found

    @pytest.mark.parametrize(
        "source",
        [
            'raise NotFoundError(f"No {name}.")',
            'raise NotFoundError("No " + name)',
            "raise NotFoundError(text)",
        ],
    )
    def test_an_error_whose_message_is_put_together_is_refused(self, source: str) -> None:
        with pytest.raises(UntranslatableError, match=r"file\.py:1: NotFoundError"):
            list(said(source, "file.py"))
