"""How an answer is known to be the right one."""

import json

import pytest

from benchmarks.answers import plain_part, text_of
from benchmarks.pgbench import parse
from benchmarks.platform import NotStartedError

SUMMARY = """\
number of transactions actually processed: 10014
number of failed transactions: {failed} (0.000%)
latency average = 12.9 ms
tps = 2481.123456 (without initial connection time)
"""


class TestTheTextOfAnAnswer:
    def test_is_all_that_people_read_however_it_is_built(self) -> None:
        plain = {"type": 4, "data": {"content": "Hello"}}
        box = {"type": 17, "components": [{"type": 10, "content": "One"}, {"type": 10, "content": "Two"}]}

        assert text_of(json.dumps(plain).encode()) == "Hello"
        assert text_of(json.dumps({"data": {"components": [box]}}).encode()) == "One\nTwo"

    def test_has_a_part_that_every_json_writer_leaves_as_it_is(self) -> None:
        text = '### 💠 "About"\nSmarter Dev 1.0, a platform.\n`/help`'

        assert plain_part(text) == b"Smarter Dev 1.0, a platform."
        assert plain_part(text) in json.dumps({"content": text}).encode()

    def test_of_nothing_is_known_by_nothing(self) -> None:
        assert plain_part("💠") == b""


class TestWhatPgbenchSays:
    def test_is_its_rate_without_connecting_and_how_many_it_booked(self) -> None:
        booked = parse(SUMMARY.format(failed=0))

        assert (booked.rate, booked.count) == (2481.123456, 10014)

    @pytest.mark.parametrize("output", ["", SUMMARY.format(failed=3)])
    def test_is_not_believed_when_something_failed(self, output: str) -> None:
        with pytest.raises(NotStartedError):
            parse(output)
