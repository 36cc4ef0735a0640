"""The pages in a real browser: nothing is blocked, nothing overflows, links lead on."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from aggregator.web.app import create_app
from tests.newsstand import stocked

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
PHONE = {"width": 390, "height": 844}
GOOD = {"light": "rgb(29, 107, 58)", "dark": "rgb(127, 207, 152)"}
"""The colour of bars that stand for what went well."""
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The service on a free loopback port, with the invented library."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(stocked(), version="0"), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop")])
def test_a_reader_goes_from_the_front_page_to_a_story_and_back(
    browser: Browser, address: str, size: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(address)
    assert page.title() == "Morning digest"
    assert not scrolls_sideways(page)
    page.get_by_role("link", name="Island ferry to sail at night again").click()
    page.wait_for_url(f"{address}/stories/ferry")
    page.get_by_text("Compare it with the canonical copy").first.click()
    assert page.get_by_text("harbour office").first.is_visible()
    assert not scrolls_sideways(page)
    page.get_by_role("link", name="Feeds").click()
    page.wait_for_url(f"{address}/feeds")
    assert not scrolls_sideways(page)
    page.get_by_role("link", name="Status").click()
    page.wait_for_url(f"{address}/status")
    assert page.get_by_role("img", name="Polls").is_visible()
    assert page.locator("svg rect.read").first.evaluate("bar => getComputedStyle(bar).fill") == GOOD[scheme]
    assert not scrolls_sideways(page)
    page.get_by_role("link", name="Stories").click()
    page.get_by_role("link", name="Older").click()
    page.wait_for_url(f"{address}/?page=2")
    assert page.get_by_role("heading", name="Market moves indoors").is_visible()

    assert complaints == []
    context.close()


def test_the_stylesheet_is_applied_under_the_policy(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    page.close()


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
