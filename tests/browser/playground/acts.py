"""What the tests of the Playground do and look at."""

import io
import re
import struct
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

FIRST_MS = 60_000
SLOW_MS = 20_000
ASKED = "window.asked.filter(one => one.kind === 'ask')"
TOLD = "window.told.filter(one => Array.isArray(one.result))"
# What goes to the Worker and comes back, noted beside.
NOTING = """
window.asked = []
window.told = []
window.Worker = class extends Worker {
  constructor(...how) {
    super(...how)
    this.addEventListener("message", ({ data }) => window.told.push(data))
  }
  postMessage(message, ...rest) {
    window.asked.push(message)
    super.postMessage(message, ...rest)
  }
}
"""


def ready(page: Page, address: str, query: str = "") -> Page:
    page.goto(f"{address}/playground{query}")
    expect(canvas(page)).to_be_visible(timeout=FIRST_MS)
    expect(page.locator(".status")).to_be_hidden(timeout=FIRST_MS)
    return page


def canvas(page: Page) -> Locator:
    return page.get_by_label(re.compile("Drawing canvas"))


def draw(page: Page, *points: tuple[float, float]) -> None:
    """A stroke through these points, in shares of the canvas."""
    canvas(page).evaluate("node => node.scrollIntoView({ block: 'center' })")
    box = canvas(page).bounding_box()
    assert box is not None
    first, *rest = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def one(page: Page) -> None:
    """The digit 1."""
    draw(page, (0.5, 0.1), (0.5, 0.9))


def light(page: Page) -> float:
    """The mean brightness of the canvas, 0 to 255."""
    return canvas(page).evaluate(
        "node => { const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);"
        " let sum = 0; for (let at = 0; at < data.length; at += 4) sum += data[at]; return 4 * sum / data.length }"
    )


def brightens(page: Page, least: float) -> None:
    page.wait_for_function(
        "([node, least]) => { const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);"
        " let sum = 0; for (let at = 0; at < data.length; at += 4) sum += data[at];"
        " return 4 * sum / data.length > least }",
        arg=[canvas(page).element_handle(), least],
        timeout=SLOW_MS,
    )


def settled(page: Page) -> None:
    """The newest image has its answers, and they are on the screen. Needs what is noted of the Worker."""
    # An image is asked about in the frame after it changed.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    page.wait_for_function(f"{ASKED}.length === {TOLD}.length", timeout=SLOW_MS)


def shares(page: Page) -> np.ndarray:
    """The probabilities on the screen in percent, a row a class, a column a network; below 1 is 0.5."""
    settled(page)
    cells = page.locator(".answers tbody").evaluate(
        "body => [...body.querySelectorAll('tr:not(.first):not(.last)')]"
        ".map(row => [...row.querySelectorAll('td')].map(cell => cell.innerText))"
    )
    return np.array([[float({"< 1": 0.5, "> 99": 99.5}.get(text, text)) for text in row] for row in cells])


def answers(page: Page) -> list[str]:
    settled(page)
    return page.locator(".answer").all_inner_texts()


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Upload a picture").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def picture(width: int = 60, height: int = 40, **how: Any) -> bytes:
    """A dark bar on white paper, upright in the middle."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((20, 20, 60), (width // 2 - 3, 4, width // 2 + 3, height - 4))
    out = io.BytesIO()
    image.save(out, **{"format": "PNG", **how})
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """The beginning of a PNG of this size, and nothing more."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 0, 0, 0, 0) + b"\0" * 4
