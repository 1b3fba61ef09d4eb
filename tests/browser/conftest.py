"""A real browser in front of the whole platform. What it writes to its console is a failure."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

FLAGS = [
    "--no-sandbox",  # tests may run as root, and look at our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SCREENS: dict[str, dict[str, Any]] = {
    "desk, light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "desk, dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone, light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture(scope="session")
def chromium() -> Path:
    assert CHROMIUM.exists(), "These tests need Chromium; on Debian: apt-get install chromium libatomic1"
    return CHROMIUM


@pytest.fixture
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


class Screen:
    """One person's browser window, and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = await self.page.evaluate("axe.run()")
        return [
            f"{violation['id']}: {node['html'][:120]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    async def overflows(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(
            await self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )


@pytest.fixture(params=SCREENS)
async def screen(
    browser: Browser, request: pytest.FixtureRequest, simulator: httpx2.AsyncClient
) -> AsyncIterator[Screen]:
    """A window of each size and colour, closed before the servers are; its console must stay empty."""
    context = await browser.new_context(**SCREENS[request.param])
    context.set_default_timeout(5_000)
    opened = Screen(await context.new_page())
    yield opened
    assert opened.complaints == []
    await context.close()


@pytest.fixture
def playground(simulator: httpx2.AsyncClient) -> str:
    """The address of the page to play on."""
    return str(simulator.base_url)
