"""How a member's data becomes a file that Discord takes."""

import io
import os
from zipfile import ZipFile

import pytest

from app.privacy.domain import LARGEST, PLAIN, TooMuchToShowError, packed


class TestPacked:
    def test_is_plain_json_while_it_is_small(self) -> None:
        file = packed(b"{}" + b" " * (PLAIN - 2), 7)
        assert (file.name, file.content_type, len(file.content)) == (
            "smarterdev-7.json",
            "application/json",
            PLAIN,
        )

    def test_is_a_zip_with_it_when_it_is_not(self) -> None:
        exported = b"{}" + b" " * PLAIN
        file = packed(exported, 7)
        assert (file.name, file.content_type) == ("smarterdev-7.zip", "application/zip")
        with ZipFile(io.BytesIO(file.content)) as archive:
            assert archive.namelist() == ["smarterdev-7.json"]
            assert archive.read("smarterdev-7.json") == exported
        assert len(file.content) < 10_000

    def test_is_refused_when_discord_would_not_take_it(self) -> None:
        with pytest.raises(TooMuchToShowError, match=r"Nothing was sent; ask those who run this bot"):
            packed(os.urandom(LARGEST), 7)

    def test_is_taken_up_to_that_size(self) -> None:
        assert len(packed(os.urandom(LARGEST - 100_000), 7).content) <= LARGEST
