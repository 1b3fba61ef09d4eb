"""Patterns of people are RE2's, and what is not is explained."""

import pytest

from app.automod.patterns import HINTS, PatternError, compile_pattern, matches_too_much, spans, unbalanced


@pytest.mark.parametrize(
    ("pattern", "position", "says"),
    [
        ("a(b", 1, "A bracket is opened and not closed"),
        ("ab)", 2, "A bracket is closed that was not opened"),
        (r"[(]\((x", 5, "A bracket is opened and not closed"),
        ("x(?=a)", 1, "RE2 looks neither ahead nor back"),
        ("x(?<!a)", 1, "RE2 looks neither ahead nor back"),
        (r"(a)\1", 3, "no back-references"),
        ("a{1,2000}", 1, "at most 1,000 times"),
        ("x[z-a]", 2, "A range runs from"),
        ("x[a", 1, "A set is opened and not closed"),
        ("*a", 0, "There is nothing before it to repeat"),
        ("a**", 1, "Two signs of repetition"),
        ("a\\", 1, "A backslash needs something after it"),
        ("(?P<n", 0, "A name is written"),
        ("x" * 261, 260, "at most 260"),
        ("x\ud800", 1, "half a character"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_its_place_and_a_hint(
    pattern: str, position: int, says: str
) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(pattern)
    assert refused.value.position == position
    assert says in str(refused.value)
    assert "Nothing was saved" in str(refused.value)


def test_an_empty_pattern_is_refused() -> None:
    with pytest.raises(PatternError, match="empty"):
        compile_pattern("")


def test_a_pattern_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(PatternError, match="repeat"):
        compile_pattern(r"(?:\pL{500}\pN{500}){2}")


def test_refusals_are_not_written_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PatternError):
        compile_pattern("a(quiet")
    assert capfd.readouterr() == ("", "")


def test_hints_are_one_sentence_each() -> None:
    assert len({hint.says for hint in HINTS}) == len(HINTS)
    assert all(hint.hint.endswith(".") for hint in HINTS)


@pytest.mark.parametrize(
    ("pattern", "broad"),
    [
        (".*", True),
        ("x*", True),
        ("|bad", True),
        ("hel+o", True),
        ("HELLO", True),
        ("[a-z]+", True),
        ("free nitro", False),
        ("^hello there$", False),
    ],
)
def test_a_pattern_that_is_found_in_everything_is_known(pattern: str, *, broad: bool) -> None:
    assert matches_too_much(f"(?i){pattern}") is broad


def test_places_are_counted_in_characters() -> None:
    assert list(spans(compile_pattern("b+"), "\u00e4bb\U0001f600b")) == [(1, 3), (4, 5)]


def test_brackets_are_counted_as_re2_reads_them() -> None:
    assert unbalanced(r"([)]\))(") == 7
    assert unbalanced("()") == 2
    assert unbalanced("[^](]()(") == 7
