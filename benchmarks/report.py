"""The report: what was measured, beside what it has to be, in words, tables and bars."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import Final

from benchmarks.figures import Claim


@dataclass(frozen=True)
class Table:
    """A table; the first column is what a row is about, the others are figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Write it."""
        ruler = ("---", *("---:" for _ in self.head[1:]))
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.head, ruler, *self.rows))


@dataclass(frozen=True)
class Picture:
    """A drawing that stands beside the report.

    Attributes:
        file: Its name.
        alternative: What it shows, for whoever does not see it.
        svg: The drawing.
    """

    file: str
    alternative: str
    svg: str


@dataclass(frozen=True)
class Section:
    """One thing that was measured.

    Attributes:
        title: What.
        how: How, so that somebody else can repeat or doubt it.
        tables: The figures.
        claims: The figures that have a target.
        picture: The figures as bars, where people compare them.
        remarks: What has to be known to read the figures right.
    """

    title: str
    how: str
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...] = ()
    picture: Picture | None = None
    remarks: tuple[str, ...] = field(default=())


_LINE: Final = 104

_INTRODUCTION: Final = """\
What the platform costs, beside what comparable servers cost and beside what it may cost. Written by
`make bench`, which measures it anew on your machine; nothing here is copied by hand.

Figures are *median [least-most]* of the rounds. Ratios are taken within each round, between servers that
were measured in turn, and the median is of the ratios. A target is judged by that median."""


def render(facts: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """Write the whole report in Markdown."""
    parts = [
        "# Benchmarks",
        _INTRODUCTION,
    ]
    claims = [claim for section in sections for claim in section.claims]
    if claims:
        parts += ["## Targets", _claims(claims)]
    for section in sections:
        parts += _section(section)
    parts += ["## Of this run", Table(("", ""), tuple(facts)).markdown()]
    return "\n\n".join(parts) + "\n"


def _claims(claims: Sequence[Claim]) -> str:
    rows = tuple(
        (
            claim.what,
            f"{claim.series.written(claim.digits)} {claim.unit}",
            claim.bound(claim.target),
            claim.bound(claim.stretch),
            claim.verdict.value,
        )
        for claim in claims
    )
    return Table(("what", "measured", "target", "stretch", "verdict"), rows).markdown()


def _section(section: Section) -> list[str]:
    parts = [f"## {section.title}", _wrapped(section.how)]
    if section.picture is not None:
        parts.append(f"![{section.picture.alternative}]({section.picture.file})")
    parts += [table.markdown() for table in section.tables]
    if section.remarks:
        parts.append("\n".join(_wrapped(remark, "- ") for remark in section.remarks))
    return parts


def _wrapped(text: str, bullet: str = "") -> str:
    """Write a paragraph in lines of one length, wherever its figures broke those of the source."""
    return fill(
        " ".join(text.split()),
        _LINE,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
