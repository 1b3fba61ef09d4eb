"""Words that are not wanted are found, said which and in which form, and innocent words are not."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.automod.keywords import is_word, key_of
from app.automod.text import Form
from app.automod.triggers.keywords import MOST, TRIGGER, Keywords
from tests.support.trying import said, tried

WORDS = ("fuck", "ass", "badword", "kill yourself", "god", "1488", "cunt")


@pytest.mark.parametrize(
    ("text", "word", "form", "what"),
    [
        ("Fuck you", "fuck", Form.FOLDED, "fuck"),
        ("f.u.c.k", "fuck", Form.FOLDED, "f.u.c.k"),
        ("F**u**ck", "fuck", Form.FOLDED, "f**u**ck"),
        ("fuuuuck", "fuck", Form.FOLDED, "fuuuuck"),
        ("__ass__", "ass", Form.FOLDED, "ass"),
        ("as||s||", "ass", Form.FOLDED, "as||s"),
        ("a$$ and 4ss", "ass", Form.FOLDED, "a$$"),
        ("asssss", "ass", Form.FOLDED, "asssss"),
        ("goood", "god", Form.FOLDED, "goood"),
        ("\u65e5\u672cfuck\u65e5\u672c", "fuck", Form.FOLDED, "fuck"),
        ("Kill  y0urself", "kill yourself", Form.FOLDED, "kill  y0urself"),
        ("kill-yourself", "kill yourself", Form.FOLDED, "kill-yourself"),
        ("id 1488", "1488", Form.FOLDED, "1488"),
        ("b a d w o r d", "badword", Form.SQUEEZED, "badword"),
        ("u r a f u c k", "fuck", Form.SQUEEZED, "fuck"),
        ("f u c k  y o u", "fuck", Form.SQUEEZED, "fuck"),
        ("\u202ekcuf", "fuck", Form.FOLDED, "fuck"),
    ],
)
def test_a_word_is_found_and_it_is_said_which_and_how(text: str, word: str, form: Form, what: str) -> None:
    match = tried(TRIGGER, text, words=WORDS)
    assert match is not None
    assert (match.facts["word"], match.form, match.what) == (word, form, what)
    assert said(match) == f"the word \u201c{word}\u201d"


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe, an assassin in a glass class, passed",
        "good gods, goods and Godot",
        "I have 455 points on the A55",
        "14880 and 21488",
        "c l a s s",
        "as s, a ss",
        "f.u.n",
        "fu",
        "A B C D E F",
        "",
    ],
)
def test_an_innocent_text_is_not_hit(text: str) -> None:
    assert tried(TRIGGER, text, words=WORDS) is None


def test_inside_other_words_is_searched_when_asked_for_but_not_inside_allowed_ones() -> None:
    settings: dict[str, Any] = {"words": ("cunt",), "whole_word": False}
    assert tried(TRIGGER, "Scunthorpe", **settings) is not None
    settings["allow"] = ("Scunthorpe",)
    assert tried(TRIGGER, "Scunthorpe, SCUNTHORPE", **settings) is None
    assert tried(TRIGGER, "Scunthorpe, you cunt", **settings) is not None
    assert tried(TRIGGER, "Scunthorpe " * 300, **settings) is None
    assert tried(TRIGGER, "Scunthorpe " * 300 + "cunt", **settings) is not None


def test_an_allowed_phrase_excuses_only_what_stands_in_it() -> None:
    settings = {"words": ("ass", "hell"), "allow": ("pack ass",)}
    assert tried(TRIGGER, "a pack ass", **settings) is None
    match = tried(TRIGGER, "a pack ass from hell", **settings)
    assert match is not None
    assert match.facts["word"] == "hell"


def test_without_look_alikes_words_are_found_as_they_are_given_in_any_case() -> None:
    match = tried(TRIGGER, "You FUCK", words=("fuck",), look_alikes=False)
    assert match is not None
    assert (match.form, match.what) == (Form.WRITTEN, "FUCK")
    assert tried(TRIGGER, "f\u03c5ck fu.ck fuuuck", words=("fuck",), look_alikes=False) is None
    assert tried(TRIGGER, "pack ass", words=("ass",), look_alikes=False, allow=("pack ass",)) is None


def test_words_of_other_alphabets_are_found_in_any_case_and_among_latin_ones() -> None:
    here = "\u0432\u043e\u0442"
    for text in (here, here.upper(), f"this is {here}", f"{here} \u0436\u0435 \u0446\u0435\u043b\u044c"):
        assert tried(TRIGGER, text, words=(here,)) is not None, text
    assert tried(TRIGGER, f"\u0436{here}", words=(here,)) is None
    assert tried(TRIGGER, "\U0001f595\U0001f595", words=("\U0001f595",)) is not None


def test_signs_in_a_word_are_signs() -> None:
    assert tried(TRIGGER, "I write C++", words=("c++",)) is not None
    assert tried(TRIGGER, "I write C", words=("c++",)) is None
    assert tried(TRIGGER, "what (a) [b]*", words=("(a) [b]*",), whole_word=False) is not None


@pytest.mark.parametrize("words", [(), ("",), ("\u200b",), (" ",), ("x" * 61,), ("x",) * (MOST + 1)])
def test_words_that_cannot_be_searched_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        Keywords(words=words)


def test_as_many_words_as_there_may_be_fit_into_one_search() -> None:
    words = tuple(
        f"{'abcdefghij'[each % 10]}{each}x{'lorem ipsum dolor sit amet ' * 2}"[:60] for each in range(MOST)
    )
    assert tried(TRIGGER, f"well, {words[-1]}", words=words) is not None


def test_digits_make_a_word_only_beside_letters() -> None:
    assert is_word("h4ck", "hack")
    assert not is_word("455", "ass")
    assert not is_word("a55", "ass")
    assert not is_word("+1!", "til")
    assert is_word("1488", "1488")
    assert key_of("h.4.ck") == key_of("haack") == "hack"
