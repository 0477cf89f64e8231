"""No image leaves the browser."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect

from tests.browser.conftest import Home
from tests.browser.playground.acts import SLOW_MS, draw, one, picture, ready, upload

pytestmark = pytest.mark.browser

# Chosen numbers and what else the address holds; a drawing has 300,000 bytes.
MOST_BYTES_SENT = 1_500


@dataclass
class Traffic:
    """What the page sends: requests with their method and length, frames of the web socket."""

    requests: list[tuple[str, str, int]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("websocket", self._socket)

    def _request(self, request: Request) -> None:
        self.requests.append((request.method, request.url, len(request.post_data_buffer or b"")))

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.frames.append(len(payload)))

    def forget(self) -> None:
        self.requests.clear()
        self.frames.clear()


def test_no_image_leaves_the_browser(trained: Home, page: Page) -> None:
    traffic = Traffic()
    traffic.watch(page)
    ready(page, trained.address)
    one(page)
    upload(page, "a.png", picture())  # the decoder's script is fetched with the first picture
    expect(page.get_by_text("the middle square of 60 × 40")).to_be_visible()
    traffic.forget()

    draw(page, (0.1, 0.1), (0.9, 0.9), (0.1, 0.9))
    upload(page, "b.png", picture(width=80))
    expect(page.get_by_text("the middle square of 80 × 40")).to_be_visible()
    page.get_by_role("button", name="Find the first change").click()
    expect(page.locator(".kind p").first).not_to_be_empty(timeout=SLOW_MS)
    assert traffic.frames == []
    assert [one for one in traffic.requests if one[0] != "GET" or one[2]] == []

    page.get_by_role("slider", name="Rotation").fill("45")
    page.get_by_role("button", name=re.compile("test image 2$")).click()
    expect(page).to_have_url(re.compile("sample=2"), timeout=SLOW_MS)
    assert [one for one in traffic.requests if one[0] != "GET" or one[2]] == []
    assert all(len(url) < MOST_BYTES_SENT for _, url, _ in traffic.requests if not url.startswith(("blob:", "data:")))
    assert traffic.frames, "the chosen numbers are told"
    assert max(traffic.frames) < MOST_BYTES_SENT
