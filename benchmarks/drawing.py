"""Bars to compare: one SVG without scripts or fonts of its own, readable on a light and on a dark page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 720
_LABEL: Final = 230
_FIGURES: Final = 130
_BAR: Final = 18
_ROW: Final = 34
_TOP: Final = 44
_PLOT: Final = _WIDTH - _LABEL - _FIGURES

_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#3d444d}.t{font-weight:600}.n{text-anchor:end}"
    ".o{fill:#0f9d8a}.p{fill:#8b949e}.r{stroke:#3d444d;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#d1d7e0}.r{stroke:#d1d7e0}}"
)
"""The colours of the bars have contrast enough on white and on near-black; the words change with the page."""


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        label: What it is of.
        value: How long it is.
        low: Where its range begins.
        high: Where its range ends.
        ours: Whether it is of what the report is about.
    """

    label: str
    value: float
    low: float
    high: float
    ours: bool = False


def bars(title: str, unit: str, rows: Sequence[Bar]) -> str:
    """Draw bars from zero, with the least and the most of the rounds as a line across their ends."""
    longest = max(row.high for row in rows) or 1.0
    height = _TOP + _ROW * len(rows) + 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"',
        f' height="{height}" role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="t" x="0" y="20">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        top = _TOP + number * _ROW
        middle, text = top + _BAR / 2, top + _BAR - 4
        low, high = (_LABEL + _PLOT * value / longest for value in (row.low, row.high))
        parts += [
            f'<text x="0" y="{text}">{escape(row.label)}</text>',
            f'<rect class="{"o" if row.ours else "p"}" x="{_LABEL}" y="{top}" rx="2"',
            f' width="{_PLOT * row.value / longest:.1f}" height="{_BAR}"/>',
            f'<path class="r" d="M{low:.1f} {middle:g}H{high:.1f}"/>',
            f'<text class="n" x="{_WIDTH}" y="{text}">{row.value:,.0f} {escape(unit)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
