"""Files are fetched from a real server that answers well, badly, or with a trap."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from app.discord.attachments import fetch
from app.discord.port import DiscordUnavailableError, Unfetched
from tests.support.processes import free_port, serving

pytestmark = pytest.mark.anyio

CONTENT = bytes(range(256)) * 300
ZIPPED = gzip.compress(bytes(1_000_000))


@dataclass
class Host:
    """Keeps files, notes who asks for what."""

    address: str = ""
    asked: list[Request] = field(default_factory=list)

    @property
    def files(self) -> str:
        return f"{self.address}/files/"

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        name = request.path_params["name"]
        if name == "slow":
            await asyncio.sleep(1)
        if name.startswith("moved"):
            return RedirectResponse(f"{self.files}plain", int(name.removeprefix("moved")))
        if name.isdigit():
            return Response(b"" if name == "204" else b"<html>", int(name))
        return ANSWERS[name]()


ANSWERS: dict[str, Callable[[], Response]] = {
    "plain": lambda: Response(CONTENT, headers={"Set-Cookie": "who=we"}),
    "slow": lambda: Response(CONTENT),
    "zipped": lambda: Response(ZIPPED, headers={"Content-Encoding": "gzip"}),
    "endless": lambda: StreamingResponse(_pour(10_000)),
    "short": lambda: StreamingResponse(_pour(3), headers={"Content-Length": "50000"}),
}


async def _pour(times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield bytes(10_000)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = Starlette(routes=[Route("/files/{name}", host.answer), Route("/{name}", host.answer)])
    async with serving(app) as host.address:
        yield host


async def get(host: Host, name: str, *, at_most: int = 100_000, seconds: float = 5) -> bytes | Unfetched:
    return await fetch(f"{host.files}{name}", at_most=at_most, also=host.files, seconds=seconds)


class TestFetch:
    async def test_gives_a_file_byte_by_byte(self, host: Host) -> None:
        assert await get(host, "plain") == CONTENT
        assert await get(host, "plain?ex=1&hm=2", at_most=len(CONTENT)) == CONTENT
        assert host.asked[-1].url.query == "ex=1&hm=2"

    async def test_says_nothing_about_who_asks(self, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        for _ in range(2):
            await get(host, "plain")
        assert not {"cookie", "authorization", "referer"} & set(host.asked[-1].headers)

    async def test_unpacks_nothing(self, host: Host) -> None:
        assert await get(host, "zipped") == ZIPPED

    async def test_stops_at_what_is_too_large_whether_that_is_said_before_or_not(self, host: Host) -> None:
        assert await get(host, "plain", at_most=len(CONTENT) - 1) is Unfetched.TOO_LARGE
        assert await get(host, "endless") is Unfetched.TOO_LARGE

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_is_sent_nowhere_else(self, host: Host, status: int) -> None:
        assert await get(host, f"moved{status}") is Unfetched.GONE
        assert [each.url.path for each in host.asked] == [f"/files/moved{status}"]

    @pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410])
    async def test_takes_nothing_for_the_file_but_the_file(self, host: Host, status: int) -> None:
        assert await get(host, str(status)) is Unfetched.GONE

    @pytest.mark.parametrize("name", ["408", "429", "500", "502", "503", "short"])
    async def test_can_be_tried_again_after_what_passes(self, host: Host, name: str) -> None:
        with pytest.raises(DiscordUnavailableError) as error:
            await get(host, name)
        assert host.address not in str(error.value)

    async def test_waits_for_nobody(self, host: Host) -> None:
        with pytest.raises(DiscordUnavailableError):
            await get(host, "slow", seconds=0.2)
        nobody = f"http://127.0.0.1:{free_port()}/files/"
        with pytest.raises(DiscordUnavailableError):
            await fetch(f"{nobody}plain", at_most=1, also=nobody)

    async def test_asks_nobody_but_discord_and_who_was_named(self, host: Host) -> None:
        at = host.address.removeprefix("http://")
        for url in (
            f"http://{at}/plain",
            f"http://{at}/files/../plain",
            f"http://{at}/files/%2e%2e/plain",
            f"http://cdn.discordapp.com@{at}/files/plain",
            f"http://{at.replace('127.0.0.1', 'localhost')}/files/plain",
            f"http://{at}#@cdn.discordapp.com/files/plain",
        ):
            assert await fetch(url, at_most=100_000, also=host.files) is Unfetched.FOREIGN
            assert await fetch(url, at_most=100_000) is Unfetched.FOREIGN
        assert await fetch(f"{host.files}plain", at_most=100_000) is Unfetched.FOREIGN
        assert host.asked == []
