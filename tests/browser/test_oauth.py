"""The page that asks people what an application may do, as people use it."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.config import SimulatorConfig
from simulator.main import create_app
from simulator.permissions import Permission
from simulator.state import seed
from tests.browser.conftest import Screen
from tests.support.processes import serving

pytestmark = pytest.mark.anyio

ICON = '<link rel="icon" href="data:,">'
LONG_NAME = (
    "Reading Circle with a name as long as Discord lets a server have, which is one hundred characters."
)
PERMISSIONS = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.MODERATE_MEMBERS)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def application() -> AsyncIterator[str]:
    """A web application of another origin, which sends people on to its front end after they come back."""

    async def callback(request: Request) -> Response:
        return RedirectResponse(request.url.replace(hostname="localhost", path="/home", query=""), 303)

    async def home(_request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><title>Back home</title>{ICON}")

    app = Starlette(routes=[Route("/callback", callback), Route("/home", home)])
    async with serving(app) as address:
        yield address


@pytest.fixture
async def simulator() -> AsyncIterator[httpx2.AsyncClient]:
    config = SimulatorConfig(application_name="Garden Keeper")
    async with serving(create_app(config)) as address, httpx2.AsyncClient(base_url=address) as client:
        yield client


def asking(simulator: httpx2.AsyncClient, application: str, **more: str | int) -> str:
    query = {
        "client_id": 973269719459037313,
        "redirect_uri": f"{application}/callback",
        "response_type": "code",
        "scope": "identify guilds guilds.members.read",
        "state": "the-state",
        **more,
    }
    return str(simulator.base_url.join("/oauth2/authorize").copy_merge_params(query))


async def sound(screen: Screen) -> None:
    assert not await screen.overflows()
    assert await screen.violations() == []


async def tab_to(page: Page, text: str) -> None:
    """Move on by keyboard until the focus is on something with this text."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if text in await page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"the keyboard does not come to {text}")


async def test_somebody_signs_in_by_keyboard_alone(
    screen: Screen, simulator: httpx2.AsyncClient, application: str
) -> None:
    page = screen.page
    await page.goto(asking(simulator, application))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    await sound(screen)
    await tab_to(page, "Leilani Kealoha")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("listitem")).to_have_count(3)
    await expect(page.get_by_text("Signed in as Leilani Kealoha", exact=True)).to_be_visible()
    await sound(screen)
    await tab_to(page, "Authorize")
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("Back home")


async def test_somebody_cancels(screen: Screen, simulator: httpx2.AsyncClient, application: str) -> None:
    page = screen.page
    await page.goto(asking(simulator, application, scope="bot identify"))
    await page.get_by_role("link", name="Priya Raman").click()
    async with page.expect_request(lambda request: "/callback" in request.url) as returned:
        await page.get_by_role("button", name="Cancel").click()
    request = await returned.value
    assert "error=access_denied" in request.url
    await expect(page).to_have_title("Back home")


async def test_somebody_adds_the_bot_to_a_server(
    screen: Screen, simulator: httpx2.AsyncClient, application: str
) -> None:
    made = await simulator.post(
        "/_sim/guilds", json={"name": LONG_NAME, "owner_id": str(seed.PRIYA), "bot": False}
    )
    page = screen.page
    scope = "bot applications.commands identify"
    await page.goto(asking(simulator, application, scope=scope, permissions=PERMISSIONS))
    await page.get_by_role("link", name="Mateo Fernández").click()
    await expect(page.get_by_text("may not manage any server")).to_be_visible()
    await expect(page.get_by_role("button", name="Authorize")).to_have_count(0)
    await sound(screen)
    await page.get_by_role("link", name="Not you?").click()
    await page.get_by_role("link", name="Priya Raman").click()
    await page.get_by_label("Add to server").select_option(label=LONG_NAME)
    await page.get_by_label("Time Out Members").uncheck()
    await sound(screen)
    async with page.expect_request(lambda request: "/callback" in request.url) as returned:
        await page.get_by_role("button", name="Authorize").click()
    request = await returned.value
    left = PERMISSIONS & ~int(Permission.MODERATE_MEMBERS)
    assert f"guild_id={made.json()['id']}&permissions={left}" in request.url
    await expect(page).to_have_title("Back home")


async def test_a_link_that_does_not_work_says_why(
    screen: Screen, simulator: httpx2.AsyncClient, application: str
) -> None:
    page = screen.page
    await page.goto(asking(simulator, application, scope="identify rpc.everything"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    await expect(page.get_by_text("rpc.everything")).to_be_visible()
    await sound(screen)
    [complaint] = screen.complaints  # Chromium itself notes every 400
    assert "400" in complaint
    screen.complaints.clear()
    await page.get_by_role("link", name="Go back").click()
    await expect(page).to_have_title("Back home")
