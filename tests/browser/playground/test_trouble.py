"""What is missing or ends is told, and the drawing stays."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Home
from tests.browser.playground.acts import (
    FIRST_MS,
    SLOW_MS,
    light,
    one,
    ready,
)

pytestmark = pytest.mark.browser


def test_a_network_that_was_deleted_says_so_and_the_others_answer(trained: Home, page: Page) -> None:
    gone = {"status": 404, "content_type": "application/json", "body": json.dumps({"error": "no run"})}
    page.route(f"**/browser/models/{trained.run_ids[1]}/*", lambda route: route.fulfill(**gone))
    ready(page, trained.address)
    one(page)
    expect(page.locator(".answer").nth(0)).to_have_text(re.compile(r"\d+.%"), timeout=SLOW_MS)
    expect(page.locator(".answer").nth(1)).to_have_text("deleted meanwhile: choose others above", timeout=SLOW_MS)
    expect(page.locator(".answer").nth(2)).to_have_text(re.compile(r"\d+.%"), timeout=SLOW_MS)


def test_a_worker_that_dies_is_told_and_the_drawing_stays(opened: Page) -> None:
    page = opened
    one(page)
    bright = light(page)
    page.workers[0].evaluate("() => { setTimeout(() => { throw new Error('out of memory') }) }")
    expect(page.get_by_text(re.compile("runs the networks stopped .*out of memory.*still here"))).to_be_visible(
        timeout=SLOW_MS
    )
    assert light(page) == bright
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".status")).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=SLOW_MS)
    assert light(page) == bright


def test_an_engine_that_does_not_come_can_be_tried_again(trained: Home, page: Page) -> None:
    page.route("**/*.wasm", lambda route: route.abort())
    page.goto(f"{trained.address}/playground")
    again = page.get_by_role("button", name="Start again")
    expect(again).to_be_visible(timeout=FIRST_MS)
    one(page)
    page.unroute("**/*.wasm")
    again.click()
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=SLOW_MS)


def test_a_browser_that_starts_no_worker_says_so_and_can_be_asked_again(trained: Home, page: Page) -> None:
    page.add_init_script(
        "window.Worker = class extends Worker {"
        " constructor(...how) { if (!window.allowed) throw new Error('not here'); super(...how) } }"
    )
    page.goto(f"{trained.address}/playground")
    expect(page.get_by_text(re.compile(r"stopped \(not here\)"))).to_be_visible(timeout=FIRST_MS)
    page.evaluate("window.allowed = true")
    one(page)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=SLOW_MS)


def test_one_worker_runs_while_the_page_is_open_and_none_afterwards(opened: Page) -> None:
    page = opened
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_text("Probabilities at T = 50")).to_be_visible(timeout=SLOW_MS)
    assert len(page.workers) == 1
    with page.workers[0].expect_event("close"):
        page.get_by_role("link", name="Home").click()
        expect(page.get_by_role("heading", name="A small network learns")).to_be_visible(timeout=SLOW_MS)
    assert page.workers == []
