"""Only Discord is listened to, and nothing is read or asked before that is certain."""

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from itertools import product
from typing import Any, Never
from urllib.parse import urlsplit

import anyio.to_thread
import httpx2
import pytest
from hikari.impl import EntityFactoryImpl, InteractionServer
from nacl.signing import SigningKey

from app import clock
from app.main import FrontDoor, create_app
from interactions.endpoint import EVENTS_PATH, MAX_BODY, PATH, InteractionsEndpoint
from interactions.receive import Answer, Receiver
from interactions.signature import MAX_AGE
from tests.edges.interactions.door import (
    client_of,
    front_door,
    header_list,
    in_pieces,
    on_a_socket,
    settings_of,
)
from tests.support.processes import free_port
from tests.support.signed import FakeDiscord, Signed

pytestmark = pytest.mark.anyio

PING: dict[str, Any] = {"type": 1}
NOT_JSON = b'{"type": 1, '
KIBIBYTE = 1024

SIGNATURE, TIMESTAMP = "x-signature-ed25519", "x-signature-timestamp"

Pairs = list[tuple[str, str]]
Forge = Callable[[FakeDiscord, bytes], tuple[Pairs, bytes]]


def _with(discord: FakeDiscord, body: bytes, **changes: str | None) -> tuple[Pairs, bytes]:
    """Sign a body and then change headers; None leaves one out."""
    headers: dict[str, str | None] = {**discord.sign(body).headers}
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return [(name, value) for name, value in headers.items() if value is not None], body


def _signature(change: Callable[[str], str | None]) -> Forge:
    """Change the signature of a request that is genuine otherwise."""

    def forge(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
        signed = discord.sign(body)
        headers = {**signed.headers, SIGNATURE: change(signed.signature)}
        return [(name, value) for name, value in headers.items() if value is not None], body

    return forge


def _body(change: Callable[[bytes], bytes]) -> Forge:
    """Change the body after it was signed."""

    def forge(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
        return list(discord.sign(body).headers.items()), change(body)

    return forge


def _timestamp(change: Callable[[str], str | None]) -> Forge:
    """Change the timestamp after it was signed."""

    def forge(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
        signed = discord.sign(body)
        headers = {**signed.headers, TIMESTAMP: change(signed.timestamp)}
        return [(name, value) for name, value in headers.items() if value is not None], body

    return forge


def _signed_at(make: Callable[[int], str]) -> Forge:
    """Sign with Discord's own key, over a timestamp that Discord would not send."""

    def forge(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
        timestamp = make(int(clock.now().timestamp()))
        signature = discord.key.sign(timestamp.encode() + body).signature.hex()
        return list(Signed(body, signature, timestamp).headers.items()), body

    return forge


def _twice(name: str, first: Callable[[str], str], second: Callable[[str], str]) -> Forge:
    """Send a header twice."""

    def forge(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
        headers = discord.sign(body).headers
        value = headers.pop(name)
        return [*headers.items(), (name, first(value)), (name, second(value))], body

    return forge


def _other_key(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
    timestamp = discord.sign(body).timestamp
    signature = SigningKey.generate().sign(timestamp.encode() + body).signature.hex()
    return list(Signed(body, signature, timestamp).headers.items()), body


def _without_timestamp_signed(discord: FakeDiscord, body: bytes) -> tuple[Pairs, bytes]:
    signed = discord.sign(body)
    signature = discord.key.sign(body).signature.hex()
    return list(Signed(body, signature, signed.timestamp).headers.items()), body


def _same(text: str) -> str:
    return text


def _zeros(text: str) -> str:
    return "0" * len(text)


FORGERIES: dict[str, Forge] = {
    "no signature": _signature(lambda _: None),
    "empty signature": _signature(lambda _: ""),
    "odd number of digits": _signature(lambda s: s[:-1]),
    "one byte short": _signature(lambda s: s[:-2]),
    "one byte long": _signature(lambda s: s + "00"),
    "not hexadecimal": _signature(lambda s: "zz" + s[2:]),
    "spaces among the digits": _signature(lambda s: s[:-4] + "  " + s[-2:]),
    "a prefix": _signature(lambda s: "0x" + s[2:]),
    "full-width digits": _signature(lambda s: "\uff11\uff12" + s[2:]),
    "characters that are one byte each": _signature(lambda s: "é" * (len(s) // 2)),
    "all zero": _signature(_zeros),
    "one digit changed": _signature(lambda s: ("1" if s[0] == "0" else "0") + s[1:]),
    "halves exchanged": _signature(lambda s: s[64:] + s[:64]),
    "another key": _other_key,
    "timestamp not signed": _without_timestamp_signed,
    "body with one byte more": _body(lambda b: b + b" "),
    "body with one byte less": _body(lambda b: b[:-1]),
    "body written anew": _body(lambda b: b.replace(b" ", b"") + b"\n"),
    "empty body": _body(lambda _: b""),
    "no timestamp": _timestamp(lambda _: None),
    "empty timestamp": _timestamp(lambda _: ""),
    "timestamp one later": _timestamp(lambda t: str(int(t) + 1)),
    "timestamp moved into the body": _timestamp(lambda t: t[:-1]),
}
"""What hikari refuses as well."""

UNLIKE: dict[str, Forge] = {
    "a space between two bytes": _signature(lambda s: s[:2] + " " + s[2:]),
    "6 minutes old": _signed_at(lambda now: str(now - 360)),
    "6 minutes ahead": _signed_at(lambda now: str(now + 360)),
    "just too old": _signed_at(lambda now: str(now - MAX_AGE - 1)),
    "from 1970": _signed_at(lambda _: "0"),
    "negative": _signed_at(lambda now: str(-now)),
    "with a sign": _signed_at(lambda now: f"+{now}"),
    "with a fraction": _signed_at(lambda now: f"{now}.5"),
    "with an exponent": _signed_at(lambda now: f"{now}e0"),
    "with separators": _signed_at(lambda now: f"{now:_}"),
    "milliseconds": _signed_at(lambda now: f"{now}000"),
    "hexadecimal": _signed_at(lambda now: f"{now:#x}"),
    "a word": _signed_at(lambda _: "now"),
    "in full-width digits": _signed_at(
        lambda now: str(now).translate({48 + n: 0xFF10 + n for n in range(10)})
    ),
    "with a superscript digit": _signed_at(lambda now: str(now)[:-1] + "\u00b2"),
    "huge": _signed_at(lambda _: "9" * 30),
    "thousands of digits": _signed_at(lambda _: "9" * 5000),
    "zeros in front, too many": _signed_at(lambda now: f"{now:0>40}"),
}
"""Signed by the very key, but not as or when Discord signs. hikari lets these pass."""

TWICE: dict[str, Forge] = {
    "signature: wrong, right": _twice(SIGNATURE, _zeros, _same),
    "signature: right, wrong": _twice(SIGNATURE, _same, _zeros),
    "signature: right, right": _twice(SIGNATURE, _same, _same),
    "signature: two halves": _twice(SIGNATURE, lambda s: s[:64], lambda s: s[64:]),
    "timestamp: wrong, right": _twice(TIMESTAMP, _zeros, _same),
    "timestamp: right, wrong": _twice(TIMESTAMP, _same, _zeros),
    "content type": _twice("content-type", _same, _same),
}
"""Which of the two a proxy in front has looked at, nobody knows."""

REFUSED = {
    f"{kind}: {name}": forge
    for kind, forgeries in {"forged": FORGERIES, "unlike Discord": UNLIKE, "twice": TWICE}.items()
    for name, forge in forgeries.items()
}


class Untouchable:
    """Makes a database that must not be asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Never:
        self.asked += 1
        raise AssertionError("the database was asked for")


@pytest.fixture
def untouchable() -> Untouchable:
    return Untouchable()


@pytest.fixture
def stranger() -> FakeDiscord:
    """A Discord whose platform has no database at all."""
    untouchable: Any = None
    return FakeDiscord(untouchable)


@pytest.fixture
async def door(stranger: FakeDiscord, untouchable: Untouchable) -> AsyncIterator[httpx2.AsyncClient]:
    """The endpoint without a database: what gets past the signature would break."""
    endpoint = InteractionsEndpoint(Receiver(stranger.public_key, untouchable, untouchable))
    async with client_of(FrontDoor(webhooks=endpoint, site=endpoint)) as client:
        yield client


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    async def test_with_401_and_nothing_else(
        self, door: httpx2.AsyncClient, stranger: FakeDiscord, untouchable: Untouchable, name: str
    ) -> None:
        for path, body in product((PATH, EVENTS_PATH), (json.dumps(PING).encode(), NOT_JSON)):
            headers, sent = REFUSED[name](stranger, body)
            answer = await door.post(path, content=sent, headers=header_list(headers))
            assert (answer.status_code, answer.content) == (401, b"")
        assert untouchable.asked == 0

    @pytest.mark.parametrize("name", [*FORGERIES, *UNLIKE])
    async def test_whoever_reads_the_headers(self, stranger: FakeDiscord, name: str) -> None:
        """Not every server reads them as ours does; the receiver is handed texts of any kind."""
        headers, sent = (FORGERIES | UNLIKE)[name](stranger, json.dumps(PING).encode())
        found = dict(headers)
        answer = await stranger.receiver.receive(sent, found.get(SIGNATURE, ""), found.get(TIMESTAMP, ""))
        assert answer == Answer(401)

    @pytest.mark.parametrize(
        "content_type",
        [None, "", "text/plain", "application/json+x", "application/jsonx", "json", "application / json"],
    )
    async def test_another_content_type(
        self, door: httpx2.AsyncClient, stranger: FakeDiscord, content_type: str | None
    ) -> None:
        headers, body = _with(stranger, json.dumps(PING).encode(), content_type=content_type)
        answer = await door.post(PATH, content=body, headers=header_list(headers))
        assert (answer.status_code, answer.content) == (401, b"")

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    async def test_another_method(self, door: httpx2.AsyncClient, stranger: FakeDiscord, method: str) -> None:
        signed = stranger.sign(PING)
        answer = await door.request(method, PATH, content=signed.body, headers=signed.headers)
        assert (answer.status_code, answer.content) == (405, b"")
        assert answer.headers["allow"] == "POST"


class TestTaken:
    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/json ;a"],
    )
    async def test_ping_is_answered_with_exactly_pong(
        self, door: httpx2.AsyncClient, stranger: FakeDiscord, content_type: str
    ) -> None:
        headers, body = _with(stranger, json.dumps(PING).encode(), content_type=content_type)
        answer = await door.post(PATH, content=body, headers=header_list(headers))
        assert (answer.status_code, answer.content) == (200, b'{"type":1}')
        assert answer.headers["content-type"] == "application/json"

    @pytest.mark.parametrize("seconds", [-MAX_AGE + 2, -30, 30, MAX_AGE - 2])
    async def test_clocks_may_differ(
        self, door: httpx2.AsyncClient, stranger: FakeDiscord, seconds: int
    ) -> None:
        signed = stranger.sign(PING, at=clock.now().timestamp() + seconds)
        answer = await door.post(PATH, content=signed.body, headers=signed.headers)
        assert answer.status_code == 200

    async def test_digits_may_be_upper_case(self, door: httpx2.AsyncClient, stranger: FakeDiscord) -> None:
        signed = stranger.sign(PING)
        headers = {**signed.headers, SIGNATURE: signed.signature.upper()}
        assert (await door.post(PATH, content=signed.body, headers=headers)).status_code == 200

    async def test_whatever_is_in_a_ping(self, door: httpx2.AsyncClient, stranger: FakeDiscord) -> None:
        signed = stranger.sign({"type": 1, "data": None, "member": None, "new": {"x": [1.5]}, "id": "1"})
        answer = await door.post(PATH, content=signed.body, headers=signed.headers)
        assert answer.content == b'{"type":1}'


class TestSize:
    @staticmethod
    def padded(size: int) -> bytes:
        return b'{"type":1}'.ljust(size)

    async def test_the_largest_body_is_read(self, door: httpx2.AsyncClient, stranger: FakeDiscord) -> None:
        signed = stranger.sign(self.padded(MAX_BODY))
        assert MAX_BODY == 256 * KIBIBYTE
        for content in (signed.body, in_pieces(signed.body)):
            answer = await door.post(PATH, content=content, headers=signed.headers)
            assert (answer.status_code, answer.content) == (200, b'{"type":1}')

    @pytest.mark.parametrize("claim", [None, "10", "0", str(MAX_BODY + 1), "-1", "many"])
    @pytest.mark.parametrize("pieces", [False, True])
    async def test_one_byte_more_is_413_whatever_is_announced(
        self, door: httpx2.AsyncClient, stranger: FakeDiscord, claim: str | None, *, pieces: bool
    ) -> None:
        signed = stranger.sign(self.padded(MAX_BODY + 1))
        headers = signed.headers if claim is None else {**signed.headers, "content-length": claim}
        content = in_pieces(signed.body) if pieces else signed.body
        answer = await door.post(PATH, content=content, headers=headers)
        assert (answer.status_code, answer.content) == (413, b"")

    async def test_nobody_waits_for_the_rest(self, stranger: FakeDiscord, untouchable: Untouchable) -> None:
        read = 0

        async def receive() -> dict[str, Any]:
            nonlocal read
            read += 1
            return {"type": "http.request", "body": b" " * KIBIBYTE * 64, "more_body": True}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "headers": header_list(stranger.sign(PING).headers.items()),
        }
        await InteractionsEndpoint(Receiver(stranger.public_key, untouchable, untouchable))(
            scope, receive, send
        )
        assert sent[0]["status"] == 413
        assert read == 5

    async def test_a_client_that_leaves_halfway_is_401(
        self, stranger: FakeDiscord, untouchable: Untouchable
    ) -> None:
        signed = stranger.sign(PING)
        messages = [
            {"type": "http.request", "body": signed.body[:5], "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "headers": header_list(signed.headers.items()),
        }
        await InteractionsEndpoint(Receiver(stranger.public_key, untouchable, untouchable))(
            scope, receive, send
        )
        assert sent[0]["status"] == 401


class TestWholeApplication:
    async def test_the_two_paths_and_their_neighbours(self, database_url: str, stranger: FakeDiscord) -> None:
        async with front_door(settings_of(database_url, stranger.public_key)) as client:
            signed = stranger.sign(PING)
            answer = await client.post(PATH, content=signed.body, headers=signed.headers)
            assert (answer.status_code, answer.content) == (200, b'{"type":1}')
            forged = {**signed.headers, SIGNATURE: "0" * 128}
            for path in (PATH, EVENTS_PATH):
                answer = await client.post(path, content=signed.body, headers=forged)
                assert (answer.status_code, answer.content) == (401, b"")
            for path in (f"{PATH}/", f"{EVENTS_PATH}/x", "/Interactions"):
                answer = await client.post(path, content=signed.body, headers=signed.headers)
                assert answer.status_code == 404, path


class TestThroughASocket:
    async def test_uvicorn_hands_on_what_was_sent(self, database_url: str, stranger: FakeDiscord) -> None:
        """Once over TCP: what the server in front makes of headers and lengths is part of the answer."""
        settings = settings_of(database_url, stranger.public_key)
        async with on_a_socket(create_app(settings)) as (address, client):
            signed = stranger.sign(PING)
            good = await client.post(PATH, content=signed.body, headers=signed.headers)
            assert (good.status_code, good.content) == (200, b'{"type":1}')
            for name in ("forged: no signature", "forged: another key", *(f"twice: {key}" for key in TWICE)):
                headers, body = REFUSED[name](stranger, signed.body)
                answer = await client.post(PATH, content=body, headers=header_list(headers))
                assert (answer.status_code, answer.content) == (401, b""), name
            assert (await client.get(PATH)).status_code == 405

            large = stranger.sign(TestSize.padded(MAX_BODY + 1))
            for content in (large.body, in_pieces(large.body)):
                answer = await client.post(PATH, content=content, headers=large.headers)
                assert (answer.status_code, answer.content) == (413, b"")

            answered = await anyio.to_thread.run_sync(endless, address, signed)
            assert answered.startswith(b"HTTP/1.1 413 ")


def endless(address: str, signed: Signed) -> bytes:
    """Send a body that has no end and was announced nowhere; give what comes back."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    assert host is not None
    assert port is not None
    with closing(socket.create_connection((host, port), timeout=5)) as connection:
        lines = [
            f"POST {PATH} HTTP/1.1",
            "host: web",
            "transfer-encoding: chunked",
            *(f"{name}: {value}" for name, value in signed.headers.items()),
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(6):
            connection.sendall(piece)
        return connection.recv(KIBIBYTE)


class TestAgainstHikari:
    """hikari has a receiver of its own. It answers 400 where Discord asks for 401."""

    @pytest.fixture
    async def hikari(self, stranger: FakeDiscord) -> AsyncIterator[httpx2.AsyncClient]:
        unused: Any = None
        server = InteractionServer(
            entity_factory=EntityFactoryImpl(unused),
            rest_client=unused,
            public_key=bytes.fromhex(stranger.public_key),
        )
        port = free_port()
        await server.start(host="127.0.0.1", port=port)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
        await server.close()

    async def test_both_think_the_same_of_every_request(
        self, door: httpx2.AsyncClient, hikari: httpx2.AsyncClient, stranger: FakeDiscord
    ) -> None:
        body = json.dumps(PING).encode()
        requests = {"genuine": _with(stranger, body)}
        requests |= {name: forge(stranger, body) for name, forge in FORGERIES.items()}
        verdicts = {}
        for name, (headers, sent) in requests.items():
            ours = await door.post(PATH, content=sent, headers=header_list(headers))
            theirs = await hikari.post("/", content=sent, headers=header_list(headers))
            verdicts[name] = (ours.status_code == 200, theirs.status_code == 200)
        assert verdicts == {name: (name == "genuine", name == "genuine") for name in requests}
