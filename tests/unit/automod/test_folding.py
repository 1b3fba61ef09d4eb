"""Look-alike text is read as people read it, and other alphabets stay what they are."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.automod.folding import fold, fold_whole
from app.automod.text import Form, Forms, join_letters

TABLE = Path(__file__).parents[3] / "app" / "automod" / "look_alikes.txt"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Plain ASCII stays, h4ck and $ too", "plain ascii stays, h4ck and $ too"),
        ("\uff26\uff55\uff4c\uff4c", "full"),
        ("Stra\u00dfe \u00f1and\u00fa \u0111 \u00f8 \u0142", "strasse nandu d o l"),
        ("b\u200ba\u2060d \u202abad\u202c b\ufe0fa\u00add", "bad bad bad"),
        ("b\u0336a\u0336d\u0336 b\u0e31ad", "bad bad"),
        ("1\ufe0f\u20e3", "1"),
        ("b\x00a\x1b\x7fd b\x01\u00e4\x85d", "bad ba\nd"),
        ("B\x00A\x1b\x7fD\tb\x01a\rd\nB", "bad\tba\nd\nb"),
        ("discord\u2024gg\u2215x", "discord.gg/x"),
        ("\N{NEGATIVE SQUARED LATIN CAPITAL LETTER B}\N{NEGATIVE SQUARED LATIN CAPITAL LETTER A}d", "bad"),
        ("a\u00a0b\u3000c\u2028d", "a b c\nd"),
        ("\u202ekcuf", "kcuf\n\n\n\nfuck"),
        ("\u0411\u0410d", "bad"),
        ("\u0412\u0410D", "bad"),
    ],
)
def test_a_text_is_folded_to_what_is_read(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "name", ["HANGUL SYLLABLE GAG", "HIRAGANA LETTER GA", "DEVANAGARI LETTER HA", "CYRILLIC SMALL LETTER ZHE"]
)
def test_letters_of_other_alphabets_that_look_like_none_of_ours_stay(name: str) -> None:
    letter = unicodedata.lookup(name)
    assert fold(letter) == letter
    assert fold(f"a{letter}") == f"a{letter}"


def test_marks_that_make_words_of_hindi_and_thai_stay() -> None:
    for word in ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e1b\u0e35\u0e43\u0e2b\u0e21\u0e48"):
        assert fold(word) == word


def test_a_russian_word_is_not_made_latin_by_letters_that_look_so_in_one_case_only() -> None:
    here = "\u0432\u043e\u0442"  # it reads "bot" in capitals
    sentence = f"{here} \u0436\u0435 \u0446\u0435\u043b\u044c"
    assert "bot" not in fold(sentence)
    assert "bot" not in fold(sentence.upper())
    assert fold(sentence) == fold(sentence.upper())
    assert "bot" not in fold(f"this is {sentence}")


def test_such_a_word_among_latin_ones_is_taken_for_a_disguise() -> None:
    here = "\u0432\u043e\u0442"
    assert fold(f"this is {here}") == "this is bot"
    assert fold_whole(here) == "bot"


def test_nothing_but_look_alikes_is_read_both_ways() -> None:
    word = "\u043a\u0456\u043a\u0435"
    assert fold(word).split("\n")[-1] == "kike"
    assert fold(word).split("\n")[0] != "kike"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_in_ascii_and_breaks_on_nothing(text: str) -> None:
    folded = Forms(text).folded
    assert not any(sign.isascii() and sign.isupper() for sign in folded)
    if text.isascii():
        assert fold(folded) == folded
    assert isinstance(Forms(text).squeezed, str)


def test_half_a_character_is_replaced() -> None:
    assert Forms("\ud800x").written == "?x"


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("b a d w o r d", "badword"),
        ("such a b.a.d word", "abad"),
        ("f u c k  y o u", "fuck you"),
        ("b\na\nd", "bad"),
        ("a * b * a * d", "abad"),
        ("a $ $", "a$$"),
        ("this is I a", ""),
        ("x y", ""),
        ("an ordinary sentence, as a rule.", ""),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", ""),
    ],
)
def test_what_is_spelled_is_put_together_and_nothing_else_is(text: str, squeezed: str) -> None:
    assert Forms(text).of(Form.SQUEEZED) == squeezed


def test_a_gap_that_is_wider_than_most_ends_a_word() -> None:
    assert join_letters("a b c   d e") == "abc de"


def test_every_line_of_the_table_is_about_characters_that_are_not_ascii_and_stand_once() -> None:
    text = TABLE.read_text(encoding="ascii")
    assert "confusables.txt" in text
    assert "UNICODE-LICENSE.txt" in text
    assert (TABLE.parent / "UNICODE-LICENSE.txt").is_file()
    points: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            sign, target, *found = line.split(" ")
            assert sign in {"+", "=", "~"}
            assert re.fullmatch(r"[a-z]{1,2}|[./:@$_*~|,-]", target)
            points += found
    assert len(points) == len(set(points)) > 2_000
    assert all(int(point, 16) > 0x7F for point in points)
