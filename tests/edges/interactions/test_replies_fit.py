"""Every answer, in every language, with the worst that people can write: Discord takes it, and nothing of
what people wrote pings, links or formats."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.database.tx import Database
from app.discord.reply import MAX_TEXT
from app.language import LOCALES
from interactions.registration import payloads
from interactions.table import ROUTES
from tests.edges.interactions.hostile import CASES, HOSTILE, PLAIN, everything, set_stage
from tests.oracles import command_rules
from tests.oracles.discord_schema import assert_commands
from tests.oracles.markup import marks
from tests.support.guilds import new_guild
from tests.support.signed import FakeDiscord, text_of

pytestmark = pytest.mark.anyio

Payload = dict[str, Any]

LANGUAGES = ["en-US", *(name for names in LOCALES.values() for name in names)]
LONGEST = {"mentions", "stars", "marks above marks"}
"""What people write is escaped alike in every language: of the others only the longest are tried."""

MESSAGE, UPDATE, CHOICES, MODAL = 4, 7, 8, 9
DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\n]")  # noqa: TID251 - ours


def test_every_route_is_tried() -> None:
    assert set(CASES) == everything()


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", CASES)
async def test_every_answer_fits(discord: FakeDiscord, database: Database, route: str, language: str) -> None:
    expected = await answers(discord, database, route, language, PLAIN)
    for kind, words in HOSTILE.items():
        if language != LANGUAGES[0] and kind not in LONGEST:
            continue
        answered = await answers(discord, database, route, language, words)
        assert [each["type"] for each in answered] == [each["type"] for each in expected], kind
        for callback, plain in zip(answered, expected, strict=True):
            assert_fits(callback)
            if callback["type"] in (MESSAGE, UPDATE):
                assert shape(callback) == shape(plain), f"{kind}: {text_of(callback)}"


async def answers(
    discord: FakeDiscord, database: Database, route: str, language: str, words: str
) -> list[Payload]:
    stage = await set_stage(discord, database, new_guild(), language, words)
    return await CASES[route](stage)


def assert_fits(callback: Payload) -> None:
    """Fail unless Discord shows all of it; that it takes it was asked before."""
    match callback["type"]:
        case 4 | 7:
            said = text_of(callback)
            assert len(said) <= MAX_TEXT
            assert not said.endswith("\n…"), "lines were left out"
            assert callback["data"]["allowed_mentions"] == {"parse": []}
            title = said.split("\n", 1)[0].split()
            assert title[0] == "###"
            assert len(title[2:]) <= 5, title
        case 8:
            for choice in callback["data"]["choices"]:
                assert 1 <= len(choice["name"]) <= 100
                assert not DIRECTIONS.search(choice["name"])
        case 9:
            assert len(callback["data"]["title"]) <= 45
        case other:
            pytest.fail(f"an answer of type {other}")
    ids = [part["custom_id"] for part in _parts(callback) if "custom_id" in part]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(custom_id) <= 100 for custom_id in ids)


def _parts(part: Any) -> Iterator[Payload]:
    if isinstance(part, dict):
        yield part
        for each in part.values():
            yield from _parts(each)
    elif isinstance(part, list):
        for each in part:
            yield from _parts(each)


def shape(callback: Payload) -> tuple[Counter[str], int]:
    """What is not plain words in a reply, whoever it names, and how many lines it has."""
    said = text_of(callback)
    return Counter(re.sub(r"\d{17,20}", "0", mark) for mark in marks(said)), said.count("\n")


class TestTheRegistration:
    def test_is_what_discord_takes(self) -> None:
        assert_commands(payloads(ROUTES))

    def test_has_every_language_for_whatever_is_said_in_it(self) -> None:
        described = [
            part
            for part in _parts(payloads(ROUTES))
            if "description" in part and part["description_localizations"].keys() != set(LANGUAGES[1:])
        ]
        assert described == []

    @pytest.mark.parametrize("language", LANGUAGES[1:])
    def test_fits_in_each_language(self, language: str) -> None:
        for root in payloads(ROUTES):
            for part in _parts(root):
                for field, most in (("description", 100), ("name", 32)):
                    assert len((part.get(f"{field}_localizations") or {}).get(language, "")) <= most, part
            assert command_rules.characters(root) <= 8000

    @pytest.mark.parametrize("name", LOCALES)
    def test_names_of_commands_are_the_same_in_every_language(self, name: str) -> None:
        del name
        for root in payloads(ROUTES):
            for part in _parts(root):
                if "description" in part:
                    assert "name_localizations" not in part
