"""The platform's own pages, as pictures could show them: each size and colour, by axe and by the console."""

import pytest

from app.settings import Settings
from tests.browser.conftest import Screen

pytestmark = pytest.mark.anyio


@pytest.fixture
def address(ports: tuple[int, int], simulator: object) -> str:
    return f"http://127.0.0.1:{ports[0]}"


async def test_the_front_page_is_sound(screen: Screen, address: str, settings: Settings) -> None:
    await screen.page.goto(address)
    assert await screen.page.title() == "A community platform for Discord · Smarter Dev"
    assert not await screen.overflows()
    assert await screen.violations() == []


async def test_the_page_for_what_is_not_there_is_sound(screen: Screen, address: str) -> None:
    answer = await screen.page.goto(f"{address}/nowhere")
    assert answer is not None
    assert answer.status == 404
    assert not await screen.overflows()
    assert await screen.violations() == []
    [complaint] = screen.complaints  # Chromium itself notes every 404
    assert "404" in complaint
    screen.complaints.clear()
