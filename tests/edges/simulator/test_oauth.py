"""OAuth2 as applications use it: a real client library, a real server, Discord's published schema."""

import base64
import hashlib
import html
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import hikari
import httpx2
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped] # it has none
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped] # the same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.main import create_app
from simulator.oauth.redirects import may_return_to
from simulator.permissions import ALL, Permission
from simulator.state import seed
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import simulator_at, simulator_of
from tests.oracles.discord_schema import assert_valid
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

SECRET = "the-client-secret"
BACK = "http://localhost:3000/callback"
EVERYTHING = "identify email guilds guilds.members.read"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def config(bot: RecordingBot) -> SimulatorConfig:
    return SimulatorConfig(
        endpoint="http://bot/interactions", bot_token="the-token", client_secret=SECRET, response_seconds=0.2
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def simulator(
    config: SimulatorConfig, bot: RecordingBot, clock: Clock
) -> AsyncIterator[httpx2.AsyncClient]:
    async with simulator_of(config, bot, clock) as made:
        yield made.client


def asking(**changes: str | None) -> str:
    """The address of the page for a plain wish, changed; None leaves a parameter out."""
    plain = {
        "client_id": "973269719459037313",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": EVERYTHING,
        "state": "the-state",
    }
    query = {name: value for name, value in (plain | changes).items() if value is not None}
    return f"/oauth2/authorize?{urlencode(query)}"


async def answer(
    simulator: httpx2.AsyncClient, address: str, person: int = seed.ADA, **fields: object
) -> httpx2.Response:
    return await simulator.post(address, data={"user_id": person, "answer": "authorize", **fields})


def told(response: httpx2.Response) -> dict[str, str]:
    """What a redirect tells the application."""
    assert response.status_code == 303, response.text
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()
    }


async def code_for(simulator: httpx2.AsyncClient, person: int = seed.ADA, **changes: str | None) -> str:
    return told(await answer(simulator, asking(**changes), person))["code"]


async def exchange(simulator: httpx2.AsyncClient, **fields: str | None) -> httpx2.Response:
    plain = {
        "grant_type": "authorization_code",
        "client_id": "973269719459037313",
        "client_secret": SECRET,
        "redirect_uri": BACK,
    }
    form = {name: value for name, value in (plain | fields).items() if value is not None}
    return await simulator.post("/api/v10/oauth2/token", data=form)


async def token_of(
    simulator: httpx2.AsyncClient, person: int = seed.ADA, scope: str = EVERYTHING
) -> dict[str, Any]:
    given = await exchange(simulator, code=await code_for(simulator, person, scope=scope))
    assert given.status_code == 200, given.text
    token: dict[str, Any] = given.json()
    return token


async def read(simulator: httpx2.AsyncClient, path: str, access: str) -> httpx2.Response:
    return await simulator.get(f"/api/v10{path}", headers={"Authorization": f"Bearer {access}"})


class TestAuthlib:
    async def test_signs_somebody_in_reads_renews_and_revokes(self, config: SimulatorConfig) -> None:
        async with serving(create_app(config)) as discord, serving(application(discord)) as platform:
            browser = httpx2.AsyncClient(follow_redirects=False)
            async with browser:
                login = await browser.get(f"{platform}/login")
                page = await browser.get(login.headers["location"])
                chosen = re.search(
                    r'class="person" href="([^"]+)">(?:(?!</a>).)*Ada Okafor', page.text, re.DOTALL
                )
                assert chosen is not None
                address = page.url.join(html.unescape(chosen[1]))
                consent = await browser.get(address)
                assert "See your email address" in consent.text
                action = re.search(r'<form method="post" action="([^"]+)"', consent.text)
                assert action is not None
                answered = await browser.post(
                    page.url.join(html.unescape(action[1])),
                    data={"user_id": str(seed.ADA), "answer": "authorize"},
                )
                assert answered.headers["location"].startswith(f"{platform}/callback?")
                told = (await browser.get(answered.headers["location"])).json()
            assert told["me"]["id"] == str(seed.ADA)
            assert_valid("UserPIIResponse", told["me"])
            token = told["token"]
            assert (token["token_type"], token["expires_in"]) == ("Bearer", 604800)
            async with AsyncOAuth2Client(
                str(config.application_id),
                SECRET,
                token=token,
                token_endpoint=f"{discord}/api/oauth2/token",
                revocation_endpoint_auth_method="client_secret_basic",
            ) as client:
                await read_everything(client, f"{discord}/api/v10")
                renewed = await client.refresh_token(f"{discord}/api/oauth2/token")
                assert renewed["access_token"] != token["access_token"]
                assert (await client.get(f"{discord}/api/v10/users/@me")).status_code == 200
                revoked = await client.revoke_token(f"{discord}/api/oauth2/token/revoke")
                assert revoked.status_code == 200
                assert (await client.get(f"{discord}/api/v10/users/@me")).json()["code"] == 50025


def application(discord: str) -> ASGIApp:
    """A platform that lets people sign in, with Authlib as it is meant to be used."""
    oauth = OAuth()
    oauth.register(
        "discord",
        client_id="973269719459037313",
        client_secret=SECRET,
        authorize_url=f"{discord}/oauth2/authorize",
        access_token_url=f"{discord}/api/oauth2/token",
        api_base_url=f"{discord}/api/v10/",
        client_kwargs={"scope": EVERYTHING, "code_challenge_method": "S256"},
    )

    async def login(request: Request) -> Response:
        response: Response = await oauth.discord.authorize_redirect(request, request.url_for("callback"))
        return response

    async def callback(request: Request) -> JSONResponse:
        token = await oauth.discord.authorize_access_token(request)
        me = await oauth.discord.get("users/@me", token=token)
        return JSONResponse({"token": dict(token), "me": me.json()})

    app = Starlette(routes=[Route("/login", login), Route("/callback", callback, name="callback")])
    session: dict[str, Any] = {}

    async def with_session(scope: Scope, receive: Receive, send: Send) -> None:
        """One person signs in here, so there is one session."""
        await app({**scope, "session": session}, receive, send)

    return with_session


async def read_everything(client: Any, api: str) -> None:
    authorization = (await client.get(f"{api}/oauth2/@me")).json()
    assert_valid("OAuth2GetAuthorizationResponse", authorization)
    assert authorization["scopes"] == EVERYTHING.split()
    guilds = (await client.get(f"{api}/users/@me/guilds?with_counts=true")).json()
    for guild in guilds:
        assert_valid("MyGuildResponse", guild)
    assert str(seed.GUILD_ID) in {guild["id"] for guild in guilds}
    member = (await client.get(f"{api}/users/@me/guilds/{seed.GUILD_ID}/member")).json()
    assert_valid("PrivateGuildMemberResponse", member)
    assert member["roles"] == [str(seed.VERIFIED)]


class TestHikari:
    async def test_exchanges_a_code_and_reads_with_a_persons_token(self, config: SimulatorConfig) -> None:
        async with simulator_at(config) as made:
            code = await code_for(made.client, seed.PRIYA)
            app = hikari.RESTApp(url=f"{made.address}/api/v10", max_retries=0)
            await app.start()
            async with app.acquire(None) as client:
                token = await client.authorize_access_token(config.application_id, SECRET, code, BACK)
                own = await client.authorize_client_credentials_token(
                    config.application_id, SECRET, ["identify"]
                )
            async with app.acquire(token.access_token, hikari.TokenType.BEARER) as client:
                assert (await client.fetch_my_user()).id == seed.PRIYA
                [guild] = [each async for each in client.fetch_my_guilds() if each.id == seed.GUILD_ID]
                assert guild.is_owner
                assert guild.my_permissions == hikari.Permissions(ALL)
                authorization = await client.fetch_authorization()
                assert authorization.user is not None
                assert authorization.user.id == seed.PRIYA
                member = await client.fetch_my_member(seed.GUILD_ID)
                assert seed.OWNER in member.role_ids
            async with app.acquire(own.access_token, hikari.TokenType.BEARER) as client:
                assert (await client.fetch_my_user()).id == seed.PRIYA
            async with app.acquire(config.bot_token, hikari.TokenType.BOT) as client:
                assert (await client.fetch_my_user()).id == config.application_id
                assert [each.id for each in await client.fetch_my_guilds()] == [seed.GUILD_ID]
                await client.revoke_access_token(config.application_id, SECRET, token.access_token)
            await app.close()


class TestPage:
    async def test_offers_people_and_never_a_bot(self, simulator: httpx2.AsyncClient) -> None:
        for path in ("/oauth2/authorize", "/api/oauth2/authorize"):
            page = await simulator.get(asking().replace("/oauth2/authorize", path))
            assert page.status_code == 200
            assert "Leilani Kealoha" in page.text
            assert "Moderator in Beginner.Codes" in page.text
            assert "demo_bot" not in page.text

    async def test_keeps_to_itself_and_leads_only_to_the_application(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        page = await simulator.get(asking() + f"&user_id={seed.ADA}")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self' http://localhost:3000 http://localhost:* http://127.0.0.1:*" in policy
        assert "unsafe" not in policy
        assert "<script" not in page.text
        assert not re.search(r"\son\w+=|\sstyle=", page.text)
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            assert (await simulator.get(path)).status_code == 200

    @pytest.mark.parametrize(
        "hostile", ['"><script>alert(1)</script>', "' onfocus=alert(1) x='", "</form><form>"]
    )
    async def test_shows_hostile_parameters_as_text(
        self, simulator: httpx2.AsyncClient, hostile: str
    ) -> None:
        for address in (
            asking(state=hostile),
            asking(state=hostile) + f"&user_id={seed.ADA}",
            asking(scope=hostile),
            asking(redirect_uri=f"http://localhost/{hostile}"),
            asking(client_id=hostile),
            asking(prompt=hostile, redirect_uri=None),
            asking() + "&" + urlencode({hostile: "1", "user_id": hostile}),
        ):
            page = await simulator.get(address)
            assert hostile not in page.text
            assert "<script" not in page.text
        back = told(await answer(simulator, asking(state=hostile)))
        assert back["state"] == hostile

    async def test_cancelling_tells_the_application(self, simulator: httpx2.AsyncClient) -> None:
        response = await answer(simulator, asking(), answer="cancel")
        assert told(response) == {
            "error": "access_denied",
            "error_description": "The resource owner or authorization server denied the request",
            "state": "the-state",
        }

    async def test_an_answer_from_another_site_is_none(self, simulator: httpx2.AsyncClient) -> None:
        response = await simulator.post(
            asking(),
            data={"user_id": seed.ADA, "answer": "authorize"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert response.status_code == 403
        assert "location" not in response.headers

    async def test_asks_no_second_time_if_the_application_wants_that(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        silent = asking(prompt="none", scope="identify")
        assert (await simulator.get(silent)).status_code == 200
        token = await token_of(simulator, seed.KWAME)
        again = await simulator.get(silent)
        access = (await exchange(simulator, code=told(again)["code"])).json()["access_token"]
        assert (await read(simulator, "/users/@me", access)).json()["id"] == str(seed.KWAME)
        assert (await simulator.get(asking(prompt="none", scope="identify connections"))).status_code == 200
        await revoke(simulator, token["access_token"])
        assert (await simulator.get(silent)).status_code == 200

    async def test_a_state_is_optional(self, simulator: httpx2.AsyncClient) -> None:
        assert set(told(await answer(simulator, asking(state=None)))) == {"code"}


class TestWhereItLeads:
    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1:8000/auth/callback",
            "http://localhost/",
            "https://[::1]:8443/a?b=c",
            "http://demo.localhost:3000/x",
        ],
    )
    def test_this_machine_may_be_returned_to_when_nothing_is_registered(self, address: str) -> None:
        assert may_return_to(address, ())

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "/callback",
            "//localhost/",
            "http://example.com/",
            "http://127.0.0.1@example.com/",
            "http://example.com\\@127.0.0.1/",
            "http://localhost:pass@localhost/",
            "http://localhost.example.com/",
            "http://localhost/#part",
            "http://localhost/\r\nSet-Cookie: a=b",
            "http://localhost/ä",
            "http://local\thost/",
            "http://localhost:99999/",
            "http://localhost:/",
            "http://[::1/",
            "javascript:alert(1)",
            "data:text/html,x",
        ],
    )
    async def test_nothing_else_may(self, simulator: httpx2.AsyncClient, address: str) -> None:
        response = await simulator.get(asking(redirect_uri=address))
        assert response.status_code == 400
        assert "not one that the application has registered" in response.text
        assert "location" not in response.headers
        assert (await answer(simulator, asking(redirect_uri=address))).status_code == 400

    def test_what_is_registered_counts_to_the_letter(self) -> None:
        registered = ("https://example.com/cb", "javascript:alert(1)")
        assert may_return_to("https://example.com/cb", registered)
        for other in ("https://example.com/cb/", "https://example.com/cb?x=1", BACK, "javascript:alert(1)"):
            assert not may_return_to(other, registered)

    async def test_a_form_leads_to_a_registered_site_and_to_no_other(self) -> None:
        site = "https://example.com:8443/cb"
        config = SimulatorConfig(client_secret=SECRET, redirect_uris=(site,))
        async with simulator_of(config) as made:
            page = await made.client.get(asking(redirect_uri=site) + f"&user_id={seed.ADA}")
        assert "form-action 'self' https://example.com:8443;" in page.headers["content-security-policy"]

    async def test_the_only_registered_one_goes_without_saying(self) -> None:
        config = SimulatorConfig(client_secret=SECRET, redirect_uris=(BACK,), bot_token="the-token")
        async with simulator_of(config) as made:
            simulator = made.client
            response = await answer(simulator, asking(redirect_uri=None))
            assert response.headers["location"].startswith(BACK + "?code=")
            given = await exchange(simulator, code=told(response)["code"], redirect_uri=None)
            assert given.status_code == 200
            own = await simulator.get("/api/v10/applications/@me", headers={"Authorization": "Bot the-token"})
            assert own.json()["redirect_uris"] == [BACK]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": None}, "invalid_request"),
            ({"code_challenge": CHALLENGE}, "invalid_request"),
            ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
            ({"prompt": "login"}, "invalid_request"),
            ({"permissions": "-1"}, "invalid_request"),
            ({"permissions": "9" * 40}, "invalid_request"),
            ({"guild_id": "here"}, "invalid_request"),
            ({"integration_type": "1"}, "invalid_request"),
            ({"disable_guild_select": "maybe"}, "invalid_request"),
        ],
    )
    async def test_the_application_hears_of_its_mistakes(
        self, simulator: httpx2.AsyncClient, changes: dict[str, str | None], error: str
    ) -> None:
        response = await simulator.get(asking(**changes))
        assert told(response)["error"] == error
        assert told(response)["state"] == "the-state"
        assert response.headers["location"].startswith(BACK)

    @pytest.mark.parametrize("scope", ["", "identify rpc", "everything", None])
    async def test_a_scope_nobody_can_give_is_shown_with_a_way_back(
        self, simulator: httpx2.AsyncClient, scope: str | None
    ) -> None:
        page = await simulator.get(asking(scope=scope))
        assert page.status_code == 400
        assert "The requested scope is invalid, unknown, or malformed." in page.text
        assert "error=invalid_scope" in page.text

    async def test_an_unknown_application_or_a_repeated_parameter_leads_nowhere(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        for address in (asking(client_id="1"), asking(client_id=None), asking() + "&state=another"):
            page = await simulator.get(address)
            assert page.status_code == 400
            assert BACK not in page.text


class TestCode:
    async def test_is_good_once(self, simulator: httpx2.AsyncClient) -> None:
        code = await code_for(simulator)
        assert (await exchange(simulator, code=code)).status_code == 200
        again = await exchange(simulator, code=code)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")

    async def test_is_good_for_a_short_while_only(self, simulator: httpx2.AsyncClient, clock: Clock) -> None:
        early, late = await code_for(simulator), await code_for(simulator)
        clock.advance(90)
        assert (await exchange(simulator, code=early)).status_code == 200
        clock.advance(20)
        assert (await exchange(simulator, code=late)).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize("redirect", [None, BACK + "/", "http://localhost:3001/callback"])
    async def test_belongs_to_its_redirect(self, simulator: httpx2.AsyncClient, redirect: str | None) -> None:
        refused = await exchange(simulator, code=await code_for(simulator), redirect_uri=redirect)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

    @pytest.mark.parametrize("verifier", [None, "", "w" * 43, CHALLENGE])
    async def test_belongs_to_its_verifier(self, simulator: httpx2.AsyncClient, verifier: str | None) -> None:
        challenged: dict[str, str | None] = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        refused = await exchange(
            simulator, code=await code_for(simulator, seed.ADA, **challenged), code_verifier=verifier
        )
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        right = await exchange(
            simulator, code=await code_for(simulator, seed.ADA, **challenged), code_verifier=VERIFIER
        )
        assert right.status_code == 200

    async def test_without_a_challenge_takes_no_verifier(self, simulator: httpx2.AsyncClient) -> None:
        refused = await exchange(simulator, code=await code_for(simulator), code_verifier=VERIFIER)
        assert refused.json()["error"] == "invalid_grant"


class TestToken:
    @pytest.mark.parametrize(
        ("fields", "status", "error"),
        [
            ({"client_secret": "wrong"}, 401, "invalid_client"),
            ({"client_secret": "größer"}, 401, "invalid_client"),
            ({"client_id": "1"}, 401, "invalid_client"),
            ({"client_id": None, "client_secret": None}, 401, "invalid_client"),
            ({"grant_type": None}, 400, "unsupported_grant_type"),
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"code": None}, 400, "invalid_request"),
            ({"code": "made up"}, 400, "invalid_grant"),
            ({"grant_type": "refresh_token"}, 400, "invalid_request"),
            ({"grant_type": "refresh_token", "refresh_token": "made up"}, 400, "invalid_grant"),
            ({"grant_type": "client_credentials"}, 400, "invalid_scope"),
            ({"grant_type": "client_credentials", "scope": "identify guilds"}, 400, "invalid_scope"),
        ],
    )
    async def test_is_refused_as_the_standard_says(
        self, simulator: httpx2.AsyncClient, fields: dict[str, str | None], status: int, error: str
    ) -> None:
        refused = await exchange(simulator, **{"code": await code_for(simulator), **fields})
        assert (refused.status_code, refused.json()["error"]) == (status, error)
        assert refused.headers["cache-control"] == "no-store"

    async def test_takes_no_json_and_no_repetition(self, simulator: httpx2.AsyncClient) -> None:
        form = {"grant_type": "authorization_code", "code": "x"}
        as_json = await simulator.post("/api/oauth2/token", json=form)
        assert as_json.json()["error"] == "unsupported_grant_type"
        repeated = await simulator.post(
            "/api/oauth2/token",
            content=urlencode(form) + "&code=y",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert repeated.json()["error"] == "invalid_request"

    async def test_takes_no_huge_form(self, simulator: httpx2.AsyncClient) -> None:
        for form in ({f"field{number}": "x" for number in range(300)}, {"code": "x" * 100_000}):
            refused = await simulator.post("/api/oauth2/token", data=form)
            assert refused.json()["error"] == "unsupported_grant_type"
            assert (await simulator.post(asking(), data=form)).status_code == 400

    @pytest.mark.parametrize("header", ["Basic !", "Basic " + base64.b64encode(b"\xff:x").decode(), "basic"])
    async def test_a_header_that_cannot_be_read_is_nobodys(
        self, simulator: httpx2.AsyncClient, header: str
    ) -> None:
        refused = await simulator.post(
            "/api/oauth2/token",
            data={"grant_type": "client_credentials", "scope": "identify"},
            headers={"Authorization": header},
        )
        assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
        assert refused.headers["www-authenticate"].startswith("Basic")

    async def test_renewing_replaces_both(self, simulator: httpx2.AsyncClient) -> None:
        old = await token_of(simulator)
        renew = {"grant_type": "refresh_token", "redirect_uri": None}
        new = (await exchange(simulator, refresh_token=old["refresh_token"], **renew)).json()
        assert new["scope"] == EVERYTHING
        assert (await read(simulator, "/users/@me", new["access_token"])).status_code == 200
        assert (await read(simulator, "/users/@me", old["access_token"])).status_code == 401
        again = await exchange(simulator, refresh_token=old["refresh_token"], **renew)
        assert again.json()["error"] == "invalid_grant"

    async def test_lives_a_week_and_can_be_renewed_after(
        self, simulator: httpx2.AsyncClient, clock: Clock
    ) -> None:
        token = await token_of(simulator)
        clock.advance(604_790)
        assert (await read(simulator, "/users/@me", token["access_token"])).status_code == 200
        clock.advance(20)
        expired = await read(simulator, "/users/@me", token["access_token"])
        assert (expired.status_code, expired.json()["code"]) == (401, 50025)
        renewed = await exchange(simulator, grant_type="refresh_token", refresh_token=token["refresh_token"])
        assert (await read(simulator, "/users/@me", renewed.json()["access_token"])).status_code == 200

    @pytest.mark.parametrize("by", ["access_token", "refresh_token"])
    async def test_revoking_one_kills_the_whole_authorization(
        self, simulator: httpx2.AsyncClient, by: str
    ) -> None:
        one, other, kwames = (
            await token_of(simulator),
            await token_of(simulator, scope="identify"),
            await token_of(simulator, seed.KWAME),
        )
        await revoke(simulator, one[by])
        for dead in (one, other):
            assert (await read(simulator, "/users/@me", dead["access_token"])).status_code == 401
            refused = await exchange(
                simulator, grant_type="refresh_token", refresh_token=dead["refresh_token"]
            )
            assert refused.json()["error"] == "invalid_grant"
        assert (await read(simulator, "/users/@me", kwames["access_token"])).status_code == 200
        await revoke(simulator, "never heard of it")

    async def test_the_applications_own_has_no_refresh_token(self, simulator: httpx2.AsyncClient) -> None:
        given = await exchange(
            simulator, grant_type="client_credentials", scope="identify applications.commands.update"
        )
        assert set(given.json()) == {"token_type", "access_token", "expires_in", "scope"}

    @given(
        fields=st.lists(
            st.tuples(
                st.sampled_from(
                    ["grant_type", "code", "client_id", "client_secret", "refresh_token", "scope", "token"]
                )
                | st.text(max_size=8),
                st.sampled_from(
                    [
                        "authorization_code",
                        "refresh_token",
                        "client_credentials",
                        SECRET,
                        "973269719459037313",
                    ]
                )
                | st.text(max_size=20),
            ),
            max_size=8,
        ),
        raw=st.none() | st.binary(max_size=60),
        kind=st.sampled_from(
            ["application/x-www-form-urlencoded", "application/json", "", "multipart/form-data"]
        ),
        authorization=st.none() | st.binary(max_size=30).map(lambda each: base64.b64encode(each).decode()),
    )
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_body_brings_it_down(
        self,
        config: SimulatorConfig,
        fields: list[tuple[str, str]],
        raw: bytes | None,
        kind: str,
        authorization: str | None,
    ) -> None:
        import anyio

        headers = {"Content-Type": kind}
        if authorization is not None:
            headers["Authorization"] = f"Basic {authorization}"
        body = urlencode(fields, errors="replace").encode() if raw is None else raw

        async def send() -> list[int]:
            async with simulator_of(config) as made:
                return [
                    (await made.client.post(path, content=body, headers=headers)).status_code
                    for path in ("/api/oauth2/token", "/api/oauth2/token/revoke", asking())
                ]

        assert all(status < 500 for status in anyio.run(send))


async def revoke(simulator: httpx2.AsyncClient, token: str) -> None:
    response = await simulator.post(
        "/api/oauth2/token/revoke", data={"token": token}, auth=("973269719459037313", SECRET)
    )
    assert (response.status_code, response.json()) == (200, {})


class TestBearer:
    async def test_needs_the_scope_for_each_thing(self, simulator: httpx2.AsyncClient) -> None:
        token = (await token_of(simulator, scope="connections"))["access_token"]
        for path in ("/users/@me", "/users/@me/guilds", f"/users/@me/guilds/{seed.GUILD_ID}/member"):
            refused = await read(simulator, path, token)
            assert (refused.status_code, refused.json()["code"]) == (403, 50026)
        assert "user" not in (await read(simulator, "/oauth2/@me", token)).json()

    async def test_tells_an_address_only_with_its_scope(self, simulator: httpx2.AsyncClient) -> None:
        plain = (await token_of(simulator, scope="identify"))["access_token"]
        me = (await read(simulator, "/users/@me", plain)).json()
        assert_valid("UserPIIResponse", me)
        assert not {"email", "verified"} & set(me)
        more = (await token_of(simulator, scope="identify email"))["access_token"]
        assert (await read(simulator, "/users/@me", more)).json()["email"] == "ada@example.com"

    async def test_a_guild_one_is_not_in_is_unknown(self, simulator: httpx2.AsyncClient) -> None:
        token = (await token_of(simulator))["access_token"]
        for guild_id in (1, seed.GENERAL):
            refused = await read(simulator, f"/users/@me/guilds/{guild_id}/member", token)
            assert (refused.status_code, refused.json()["code"]) == (404, 10004)

    async def test_opens_nothing_that_is_the_bots(self, simulator: httpx2.AsyncClient) -> None:
        token = (await token_of(simulator))["access_token"]
        refused = await read(simulator, f"/guilds/{seed.GUILD_ID}", token)
        assert (refused.status_code, refused.json()["code"]) == (401, 0)
        for header in ("Bearer", "Bearer x", "bearer " + token, token, ""):
            response = await simulator.get("/api/v10/users/@me", headers={"Authorization": header})
            assert response.status_code == 401

    async def test_the_bot_has_no_authorization_of_its_own(self, simulator: httpx2.AsyncClient) -> None:
        simulator.headers["Authorization"] = "Bot the-token"
        for path in ("/oauth2/@me", f"/users/@me/guilds/{seed.GUILD_ID}/member"):
            refused = await simulator.get(f"/api/v10{path}")
            assert (refused.status_code, refused.json()["code"]) == (403, 20001)
        assert (await simulator.get("/api/v10/users/@me")).json()["bot"]

    async def test_guilds_come_in_pages(self, simulator: httpx2.AsyncClient) -> None:
        priya = (await token_of(simulator, seed.PRIYA))["access_token"]
        guilds = (await read(simulator, "/users/@me/guilds", priya)).json()
        ids = [int(each["id"]) for each in guilds]
        assert ids == sorted(ids)
        [first] = (await read(simulator, "/users/@me/guilds?limit=1", priya)).json()
        assert int(first["id"]) == ids[0]
        assert "approximate_member_count" not in first
        after = (await read(simulator, f"/users/@me/guilds?after={ids[0]}", priya)).json()
        assert [int(each["id"]) for each in after] == ids[1:]
        before = (await read(simulator, f"/users/@me/guilds?before={ids[0]}", priya)).json()
        assert before == []
        for wrong in ("limit=0", "limit=201", "after=x"):
            refused = await read(simulator, f"/users/@me/guilds?{wrong}", priya)
            assert (refused.status_code, refused.json()["code"]) == (400, 50035)


class TestInstalling:
    ASKED = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.BAN_MEMBERS)

    @pytest.fixture
    def bot(self) -> RecordingBot:
        return RecordingBot(answer=b"", status=204)

    @pytest.fixture
    async def empty_guild(self, simulator: httpx2.AsyncClient) -> str:
        """A guild of Priya's where the bot is not."""
        made = await simulator.post(
            "/_sim/guilds", json={"name": "Reading Circle", "owner_id": str(seed.PRIYA), "bot": False}
        )
        assert made.status_code == 200, made.text
        guild_id: str = made.json()["id"]
        return guild_id

    def wish(self, **changes: str | None) -> str:
        plain = {"scope": "bot applications.commands identify", "permissions": str(self.ASKED)}
        return asking(**{**plain, **changes})

    async def test_the_bot_joins_and_the_application_hears_where(
        self, simulator: httpx2.AsyncClient, bot: RecordingBot, empty_guild: str
    ) -> None:
        page = await simulator.get(self.wish() + f"&user_id={seed.PRIYA}")
        for words in ("View Channels", "Send Messages", "Ban Members", "Reading Circle", "Create commands"):
            assert words in page.text
        assert "Kick Members" not in page.text
        response = await answer(simulator, self.wish(), seed.PRIYA, guild_id=empty_guild)
        back = told(response)
        assert (back["guild_id"], back["permissions"]) == (empty_guild, str(self.ASKED))
        token = (await exchange(simulator, code=back["code"])).json()
        assert token["guild"]["id"] == empty_guild
        roles = (
            await simulator.get(
                f"/api/v10/guilds/{empty_guild}/roles", headers={"Authorization": "Bot the-token"}
            )
        ).json()
        [own] = [role for role in roles if role["managed"]]
        assert own["permissions"] == str(self.ASKED)
        [event] = [each.body for each in bot.received if each.path.endswith("/events")]
        data = httpx2.Response(200, content=event).json()["event"]
        assert data["type"] == "APPLICATION_AUTHORIZED"
        assert data["data"]["guild"]["id"] == empty_guild
        assert data["data"]["user"]["id"] == str(seed.PRIYA)
        assert data["data"]["scopes"] == ["bot", "applications.commands", "identify"]

    async def test_what_is_not_ticked_is_not_granted(
        self, simulator: httpx2.AsyncClient, empty_guild: str
    ) -> None:
        ticked = [int(Permission.SEND_MESSAGES), int(Permission.ADMINISTRATOR), "x"]
        response = await answer(
            simulator,
            self.wish(),
            seed.PRIYA,
            guild_id=empty_guild,
            offered=str(self.ASKED),
            permission=ticked,
        )
        assert told(response)["permissions"] == str(int(Permission.SEND_MESSAGES))

    async def test_nobody_adds_it_where_they_may_not(self, simulator: httpx2.AsyncClient) -> None:
        page = await simulator.get(self.wish() + f"&user_id={seed.MATEO}")
        assert "Mateo Fernández may not manage any server" in page.text
        assert 'value="authorize"' not in page.text
        refused = await answer(simulator, self.wish(), seed.MATEO, guild_id=seed.GUILD_ID)
        assert refused.status_code == 400
        assert (await answer(simulator, self.wish(), seed.PRIYA)).status_code == 400

    async def test_a_fixed_guild_is_the_only_one(
        self, simulator: httpx2.AsyncClient, empty_guild: str
    ) -> None:
        fixed = self.wish(guild_id=empty_guild, disable_guild_select="true")
        page = await simulator.get(fixed + f"&user_id={seed.PRIYA}")
        assert "<select" not in page.text
        assert "Reading Circle" in page.text
        refused = await answer(simulator, fixed, seed.PRIYA, guild_id=seed.GUILD_ID)
        assert refused.status_code == 400
        assert told(await answer(simulator, fixed, seed.PRIYA, guild_id=empty_guild))["code"]

    async def test_a_plain_install_link_leads_nowhere_after(
        self, simulator: httpx2.AsyncClient, empty_guild: str
    ) -> None:
        link = f"/oauth2/authorize?client_id=973269719459037313&scope=bot&permissions={self.ASKED}"
        page = await answer(simulator, link, seed.PRIYA, guild_id=empty_guild)
        assert page.status_code == 200
        assert "Demo Bot was added to Reading Circle" in page.text
        cancelled = await answer(simulator, link, seed.PRIYA, answer="cancel")
        assert "You cancelled" in cancelled.text
