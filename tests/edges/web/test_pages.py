"""What a browser gets: our pages, our own error pages, and nothing that the address or the Host made up."""

import json
import logging
import re
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.logs import _formatter, _RequestId
from app.main import FrontDoor, create_app
from tests.edges.interactions.door import client_of, on_a_socket, running_app, settings_of

pytestmark = pytest.mark.anyio

PUBLIC_KEY = "5" * 64

_ERROR_ID = re.compile(r"Error id <code>([0-9a-f]{32})</code>")  # noqa: TID251 - our own page
_TELLING = re.compile(r"Traceback|File \"|\.py\b|Error\(|starlette|uvicorn|site-packages")  # noqa: TID251 - what no page may say

EVIL = "evil.example"


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[FrontDoor]:
    async with running_app(settings_of(database_url, PUBLIC_KEY)) as app:
        yield app


@pytest.fixture
async def client(app: FrontDoor) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as client:
        yield client


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_headers(answer: httpx2.Response) -> None:
    """Fail unless a page comes with what keeps strangers out of it."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = {
        words[0]: words[1:]
        for part in answer.headers["content-security-policy"].split(";")
        if (words := part.split())
    }
    assert policy["default-src"] == ["'none'"]
    for directive in ("base-uri", "frame-ancestors"):
        assert policy[directive] == ["'none'"], directive
    assert policy["form-action"] == ["'self'"]
    words = [word for words in policy.values() for word in words]
    assert not [word for word in words if "unsafe" in word or "*" in word or ":" in word]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer"}


def assert_error_page(answer: httpx2.Response, status: int) -> str:
    """Fail unless this is our own page for an error; gives the id it shows."""
    assert answer.status_code == status
    assert_headers(answer)
    assert f'<p class="status">{status}</p>' in answer.text
    assert _TELLING.search(answer.text) is None
    assert EVIL not in f"{answer.headers} {answer.text}"
    found = _ERROR_ID.search(answer.text)
    assert found is not None
    return found[1]


class TestFrontPage:
    async def test_is_a_page_under_a_strict_policy(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert_headers(answer)
        assert answer.text.startswith("<!doctype html>")

    async def test_has_nothing_that_the_policy_would_stop(self, client: httpx2.AsyncClient) -> None:
        for path in ("/", "/missing"):
            for tag, attributes in Elements((await client.get(path)).text).found:
                assert tag not in {"script", "style", "iframe", "object", "base"}
                assert not [name for name in attributes if name == "style" or name.startswith("on")]
                for name in ("src", "href"):
                    assert (attributes.get(name) or "/").startswith("/"), "everything comes from ourselves"

    async def test_every_link_leads_somewhere(self, client: httpx2.AsyncClient) -> None:
        elements = Elements((await client.get("/")).text).found
        links = {
            value for _, attributes in elements for name in ("href", "src") if (value := attributes.get(name))
        }
        assert len(links) > 4
        for link in links:
            assert (await client.get(link)).status_code == 200, link

    async def test_head_is_the_same_without_a_body(self, client: httpx2.AsyncClient) -> None:
        got, headed = await client.get("/"), await client.head("/")
        assert (headed.status_code, headed.content) == (200, b"")
        assert headed.headers["content-length"] == got.headers["content-length"]
        assert_headers(headed)


class TestNotFound:
    PATHS = (
        "/missing",
        "/missing/",
        "/healthz/",
        "/%00",
        "/%0d%0aset-cookie:x=y",
        "/%ff%fe",
        "/a%2fb",
        "/<script>alert(1)</script>",
        "/{{7*7}}",
        "/" + "x" * 5000,
        "/apiary",
        "/.env",
        "/.git/config",
        "/interactions/",
        "/static",
        "/static/",
        "/static/%00",
        "/static/pages.css%00.png",
        "/static/%2e%2e/pages.py",
        "/static/%2e%2e%2fpages.py",
        "/static/..%5cpages.py",
        "/static/....//pages.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/" + "x" * 300,
        "/static/" + "x/" * 2000,
        "/static/pages.css/x",
    )

    @pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
    async def test_is_our_own_page(self, client: httpx2.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert_error_page(answer, 404)
        assert "<script>" not in answer.text
        assert "49" not in answer.text.replace(_ERROR_ID.findall(answer.text)[0], "")
        assert "set-cookie" not in answer.headers

    async def test_the_log_has_the_id_and_what_was_asked_for(
        self, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        with caplog.filtering(_RequestId()):
            error_id = assert_error_page(await client.get("/missing/%0a%1b[31mred?token=secret"), 404)
        [record] = [record for record in caplog.records if record.name == "app.main"]
        assert getattr(record, "request_id", "") == error_id
        line = _formatter(as_json=True).format(record)
        assert json.loads(line)["path"] == "/missing/\n\x1b[31mred"
        assert "\n" not in line
        assert "\x1b" not in line
        assert "secret" not in line

    async def test_every_id_is_another(self, client: httpx2.AsyncClient) -> None:
        assert len({assert_error_page(await client.get("/missing"), 404) for _ in range(20)}) == 20


class TestApi:
    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/guilds/1", "/api/%00", "/api/<b>"])
    async def test_nothing_there_is_a_problem(self, client: httpx2.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["error"], problem["type"]) == (404, "not_found", "about:blank")
        assert problem["detail"] == "There is nothing at this address."


class TestWrongMethod:
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
    @pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/static/pages.css"])
    async def test_is_our_own_page_and_says_what_is_allowed(
        self, client: httpx2.AsyncClient, path: str, method: str
    ) -> None:
        answer = await client.request(method, path)
        assert_error_page(answer, 405)
        assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD"]


class TestHost:
    HOSTS = (
        EVIL,
        f"{EVIL}:99999",
        f"{EVIL}/?",
        f"{EVIL}/api/x?",
        f"web@{EVIL}",
        f"web, {EVIL}",
        "[",
        "[::1",
        "[::1]]:80",
        "",
        " ",
        "\x00",
        "a" * 5000,
        "<script>alert(1)</script>",
        "web:port",
        "\u0435vil",
    )

    @pytest.mark.parametrize("host", HOSTS, ids=repr)
    async def test_changes_nothing(self, client: httpx2.AsyncClient, host: str) -> None:
        headers = [
            (b"host", host.encode()),
            (b"x-forwarded-host", EVIL.encode()),
            (b"x-forwarded-proto", b"https"),
            (b"forwarded", f"host={EVIL}".encode()),
        ]
        front = await client.get("/", headers=headers)
        assert front.status_code == 200
        assert_headers(front)
        assert EVIL not in f"{front.headers} {front.text}"
        assert_error_page(await client.get("/missing", headers=headers), 404)
        for path in ("/healthz/", "/static", "/interactions/"):
            assert "location" not in (await client.get(path, headers=headers)).headers
        assert (await client.get("/api/x", headers=headers)).json()["error"] == "not_found"
        assert (await client.get("/static/pages.css", headers=headers)).status_code == 200


def break_routes(app: ASGIApp) -> None:
    """Add two routes with a defect each, as if we had written them."""

    async def breaks(_request: Request) -> Response:
        raise LookupError("what is in here stays in here")

    site: Any = app
    for path in ("/broken", "/api/broken"):
        site._site.router.routes.insert(0, Route(path, breaks))


class TestDefect:
    @pytest.fixture
    def broken(self, app: FrontDoor) -> None:
        break_routes(app)

    @pytest.mark.usefixtures("broken")
    async def test_in_a_page_is_our_own_page(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/broken")
        assert_error_page(answer, 500)
        assert "stays in here" not in answer.text
        assert "LookupError" not in answer.text

    @pytest.mark.usefixtures("broken")
    @pytest.mark.parametrize("host", ["web", "[", f"{EVIL}/?"])
    async def test_whatever_the_host(self, client: httpx2.AsyncClient, host: str) -> None:
        assert_error_page(await client.get("/broken", headers={"host": host}), 500)

    @pytest.mark.usefixtures("broken")
    async def test_in_the_api_is_a_problem(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/broken")
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["error"]) == (500, "error")
        assert re.search("Error id [0-9a-f]{32}", problem["detail"])
        assert "stays in here" not in answer.text


class TestThroughASocket:
    """Behind uvicorn, which has ideas of its own about addresses and errors."""

    async def test_a_defect_is_logged_under_the_id_of_its_page(
        self, database_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        app = create_app(settings_of(database_url, PUBLIC_KEY))
        break_routes(app)
        with caplog.filtering(_RequestId()):
            async with on_a_socket(app) as (_, client):
                error_id = assert_error_page(await client.get("/broken"), 500)
        [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert record.name == "uvicorn.error"
        assert getattr(record, "request_id", None) == error_id
        line = json.loads(_formatter(as_json=True).format(record))
        assert "stays in here" in line["exc_info"]

    async def test_no_request_line_gets_another_answer_than_ours(self, database_url: str) -> None:
        async with on_a_socket(create_app(settings_of(database_url, PUBLIC_KEY))) as (address, _):
            for target, status in TARGETS.items():
                answer = await anyio.to_thread.run_sync(raw, address, target)
                head, _, body = answer.partition("\r\n\r\n")
                assert int(head.split()[1]) == status, (target, head)
                assert EVIL not in answer
                assert "\r\nlocation:" not in head.lower()
                assert _TELLING.search(body) is None
                if status == 404:
                    assert _ERROR_ID.search(body), target


TARGETS: dict[str, int] = {
    f"//{EVIL}": 404,
    f"//{EVIL}/": 404,
    f"//{EVIL}/..": 404,
    f"///{EVIL}": 404,
    f"/\\{EVIL}": 404,
    f"/static/../../{EVIL}": 404,
    "/static/../pages.py": 404,
    "/static/../../app/settings.py": 404,
    "/static/%2e%2e/%2e%2e/pyproject.toml": 404,
    "/../../../../etc/passwd": 404,
    "/..": 404,
    "/%00": 404,
    "/a;b?c=d": 404,
    "/missing?\xff\xfe": 400,
    f"http://{EVIL}/": 200,
    f"@{EVIL}": 400,
    "missing": 400,
    "*": 404,
}
"""What is not HTTP is answered by uvicorn itself, with 400."""


def raw(address: str, target: str) -> str:
    """Ask for a target exactly as it is written, by a Host of somebody else."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    assert host is not None
    assert port is not None
    with closing(socket.create_connection((host, port), timeout=5)) as connection:
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nhost: {EVIL}\r\nconnection: close\r\n\r\n".encode("latin-1")
        )
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received.decode("latin-1")


class TestStatic:
    async def test_the_style_sheet_is_served(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/static/pages.css")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "{" in answer.text
        again = await client.get("/static/pages.css", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_nothing_but_what_lies_there(self, client: httpx2.AsyncClient) -> None:
        for path in ("/static/../templates/error.html", "/static/__init__.py", "/templates/error.html"):
            assert (await client.get(path)).status_code == 404, path

    async def test_a_browser_does_not_guess_what_it_is(self, client: httpx2.AsyncClient) -> None:
        for path in ("/static/pages.css", "/static/mark.svg"):
            assert (await client.get(path)).headers["x-content-type-options"] == "nosniff"
