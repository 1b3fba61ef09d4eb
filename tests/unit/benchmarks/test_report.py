"""The report as people read it."""

from xml.etree import ElementTree as ET

from benchmarks.drawing import Bar, bars
from benchmarks.figures import Claim, Series
from benchmarks.report import Picture, Section, Table, render

SVG = "{http://www.w3.org/2000/svg}"


def section(median: float) -> Section:
    return Section(
        "Speed",
        "Measured with a watch.",
        tables=(Table(("who", "us"), (("we", "95"), ("they", "124"))),),
        claims=(Claim("they / we", Series((median,)), 1.3),),
        picture=Picture("speed.svg", "We 95, they 124", "<svg/>"),
        remarks=("They rest on Sundays.",),
    )


class TestTheReport:
    def test_begins_with_every_target_and_says_which_was_not_reached(self) -> None:
        report = render([("seed", "7")], [section(1.31), section(0.9)])

        targets = report.partition("## Targets")[2].partition("## Speed")[0]
        assert "| they / we | 1.31 [1.31-1.31] x | at least 1.3 x |  | holds |" in targets
        assert "| they / we | 0.90 [0.90-0.90] x | at least 1.3 x |  | **not reached** |" in targets

    def test_says_how_it_was_measured_with_tables_and_what_to_know(self) -> None:
        report = render([("seed", "7")], [section(1.31)])

        assert "Measured with a watch." in report
        assert "| who | us |\n| --- | ---: |\n| we | 95 |\n| they | 124 |" in report
        assert "- They rest on Sundays." in report
        assert "| seed | 7 |" in report

    def test_describes_its_pictures_to_whoever_does_not_see_them(self) -> None:
        assert "![We 95, they 124](speed.svg)" in render([], [section(1.31)])


class TestBars:
    rows = (Bar("ours & co", 95, 90, 100, ours=True), Bar("theirs", 190, 180, 200))

    def test_are_as_long_as_their_figures(self) -> None:
        drawing = ET.fromstring(bars("CPU", "us", self.rows))  # noqa: S314 - we have just drawn it

        ours, theirs = (float(bar.attrib["width"]) for bar in drawing.iter(f"{SVG}rect"))
        assert round(theirs / ours, 2) == 2

    def test_are_named_and_written_out(self) -> None:
        drawing = ET.fromstring(bars("CPU <of> it", "us", self.rows))  # noqa: S314 - the same

        words = [text.text for text in drawing.iter(f"{SVG}text")]
        assert words == ["CPU <of> it", "ours & co", "95 us", "theirs", "190 us"]

    def test_can_be_read_on_a_dark_page(self) -> None:
        assert "prefers-color-scheme:dark" in bars("CPU", "us", self.rows)
