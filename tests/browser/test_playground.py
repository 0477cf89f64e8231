"""The Playground in a real Chromium: drawing, test images, pictures, drift, and what is missing or breaks."""

import io
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Locator, Page, Request, WebSocket, expect

from distill_core.export.runtime import session
from distill_core.lab import Lab
from tests.browser.conftest import served
from tests.quick import QUICK_TIMER, experiment

pytestmark = pytest.mark.browser
FIRST_MS = 60_000
SLOW_MS = 20_000
# Longer than what a click or a chosen number sends to the server, shorter than any image in any form.
MOST_BYTES_SENT = 1_500
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


@dataclass(frozen=True)
class Home:
    """A served home with one finished comparison on digits: a teacher, its control and two students."""

    address: str
    path: Path
    names: tuple[str, ...]
    run_ids: tuple[str, ...]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    path = tmp_path_factory.mktemp("playground")
    lab = Lab.open(path, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment()), timeout_seconds=120)
    summary = lab.summary(job.id)
    lab.close()
    ids = tuple(ids[0] for ids in summary["run_ids"])
    with served(path) as address:
        yield Home(address, path, tuple(summary["student"]), ids)


@pytest.fixture
def opened(trained: Home, page: Page) -> Page:
    page.add_init_script(NOTING)
    return ready(page, trained.address)


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


def shares(page: Page) -> np.ndarray:
    """The probabilities on the screen in percent, a row a class, a column a network; below 1 is 0.5."""
    rows = page.locator(".answers tbody tr:not(.first):not(.last)").all()
    cells = [[cell.inner_text() for cell in row.locator("td").all()] for row in rows]
    return np.array([[float({"< 1": 0.5, "> 99": 99.5}.get(text, text)) for text in row] for row in cells])


def answers(page: Page) -> list[str]:
    return [cell.inner_text() for cell in page.locator(".answer").all()]


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Upload a picture").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def test_every_network_answers_a_drawing(trained: Home, opened: Page, complaints: list[str]) -> None:
    page = opened
    heads = [head.inner_text().strip() for head in page.locator(".answers thead th").all()]
    assert heads == list(trained.names)
    expect(page.get_by_text("The answers appear here as you draw.")).to_be_visible()
    one(page)
    verdict = page.locator(".verdict").first
    expect(verdict).to_have_text(re.compile(r"^(All|None of|\d of) \d students? gives? .*: \d\.$|^All 3 students give"))
    assert all(re.match(r"(≠ )?\d\s·\s([<>]\s)?\d+\s%$", answer) for answer in answers(page))
    assert np.abs(shares(page).sum(0) - 100).max() < 6
    expect(page.locator(".time").first).to_have_text(re.compile(r"\d ms$"))
    expect(page.get_by_text(re.compile("From the stroke to the answers: \\d+ ms"))).to_be_attached()
    assert complaints == []


def test_answers_come_while_the_pen_is_down(opened: Page) -> None:
    page = opened
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200, steps=5)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    page.mouse.up()


def test_t_softens_at_once_and_the_drawing_stays(opened: Page) -> None:
    page = opened
    one(page)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    before, bright = shares(page), light(page)
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_text("Probabilities at T = 50: softer")).to_be_visible(timeout=SLOW_MS)
    expect(page).to_have_url(re.compile("T=50"), timeout=SLOW_MS)
    after = shares(page)
    assert after.max() < before.max()
    assert light(page) == bright > 0


def test_a_test_image_goes_in_unchanged_and_every_network_answers_as_on_the_server(trained: Home, opened: Page) -> None:
    page = opened
    page.get_by_role("button", name=re.compile("test image 4$")).click()
    expect(page.locator(".truth")).to_contain_text("The test image shows:")
    answered = "window.told.filter(one => Array.isArray(one.result))"
    page.wait_for_function(f"window.asked.filter(one => one.kind === 'ask').length === {answered}.length")
    asked = page.evaluate("[...window.asked.filter(one => one.kind === 'ask').at(-1).input]")
    told = page.evaluate(f"{answered}.at(-1).result")
    lab = Lab.open(trained.path)
    task = next(task for task in lab.tasks() if task.name == "digits")
    pixels_HW = lab.images("digits")[1].images_NHWC[4, :, :, 0]
    image_BCHW = ((pixels_HW / 255 - task.mean[0]) / task.std[0]).astype(np.float32)[None, None]
    assert np.abs(np.array(asked).reshape(image_BCHW.shape) - image_BCHW).max() <= 1e-6
    assert {one["runId"] for one in told} == set(trained.run_ids)
    for network in told:
        here = session(lab.artifact(network["runId"], "onnx").read_bytes(), threads=1)
        (wanted_BC,) = here.run(None, {here.get_inputs()[0].name: image_BCHW})
        assert np.abs(np.array(network["logits"]) - wanted_BC[0]).max() <= 1e-4
    lab.close()


def test_a_link_opens_with_image_drift_and_t(trained: Home, page: Page) -> None:
    ready(page, trained.address, "?T=4&sample=3&rotation=20")
    expect(page.locator(".truth")).to_contain_text("The test image shows:", timeout=SLOW_MS)
    expect(page.get_by_text("drifted: rotation 20°")).to_be_visible()
    expect(page.get_by_role("slider", name="Rotation")).to_have_value("20")
    expect(page.get_by_text("Probabilities at T = 4")).to_be_visible()


def test_other_images_come_from_the_test_set(opened: Page) -> None:
    page = opened
    shelf = page.get_by_role("group", name="Test images")
    expect(shelf.get_by_role("button")).to_have_count(18)
    one(page)
    bright = light(page)
    page.get_by_role("button", name="Other images").click()
    expect(shelf.get_by_role("button", name=re.compile("test image 18$"))).to_be_visible(timeout=SLOW_MS)
    assert light(page) == bright


def test_undo_redo_and_clear_by_button_and_by_key(opened: Page) -> None:
    page = opened
    undo, redo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo", "Clear"))
    expect(undo).to_be_disabled()
    one(page)
    first = light(page)
    draw(page, (0.1, 0.1), (0.9, 0.1))
    second = light(page)
    assert second > first > 0
    undo.click()
    assert light(page) == first
    redo.click()
    assert light(page) == second
    clear.click()
    assert light(page) == 0
    expect(page.get_by_text("The answers appear here as you draw.")).to_be_visible()
    canvas(page).focus()
    page.keyboard.press("Control+z")
    assert light(page) == second
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    assert light(page) == second


def test_thickness_shade_and_eraser(opened: Page) -> None:
    page = opened
    page.get_by_role("slider", name="Thickness").press("End")
    one(page)
    thick = light(page)
    page.get_by_role("button", name="Eraser").click()
    one(page)
    assert light(page) < 0.1 * thick
    page.get_by_role("button", name="Eraser").click()
    page.get_by_role("slider", name="Shade").press("Home")
    one(page)
    assert 0 < light(page) < 0.2 * thick


def test_drawing_with_the_keyboard(opened: Page) -> None:
    page = opened
    canvas(page).focus()
    page.keyboard.press("ArrowUp")
    assert light(page) == 0
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    drawn = light(page)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    assert light(page) == drawn > 0
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))


def test_drawing_with_a_finger_does_not_scroll(trained: Home, browser: Browser) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 420, "height": 800})
    page = ready(context.new_page(), trained.address)
    canvas(page).scroll_into_view_if_needed()
    before = canvas(page).bounding_box()
    assert before is not None
    touch = context.new_cdp_session(page)
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 4
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 10):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + 12 * step}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    brightens(page, 0)
    assert canvas(page).bounding_box() == before
    context.close()


def test_at_phone_width_nothing_sticks_out_and_the_answers_follow_the_canvas(trained: Home, page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    ready(page, trained.address)
    one(page)
    root = page.locator(".playground")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    drawn, told = canvas(page).bounding_box(), page.locator(".answers").bounding_box()
    whole = root.bounding_box()
    assert None not in (drawn, told, whole)
    assert drawn["width"] == pytest.approx(whole["width"])
    assert told["y"] > drawn["y"] + drawn["height"]


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
    one(page)  # the decoder's script is fetched with the first picture
    upload(page, "a.png", picture())
    expect(page.get_by_text("the middle square of 60 × 40")).to_be_visible()
    traffic.forget()
    draw(page, (0.1, 0.1), (0.9, 0.9), (0.1, 0.9))
    upload(page, "b.png", picture(width=80))
    expect(page.get_by_text("the middle square of 80 × 40")).to_be_visible()
    page.get_by_role("slider", name="Rotation").fill("45")
    page.get_by_role("button", name="Find who breaks first").click()
    expect(page.locator(".kind p").first).not_to_be_empty(timeout=SLOW_MS)
    page.get_by_role("button", name=re.compile("test image 2$")).click()
    expect(page).to_have_url(re.compile("sample=2"), timeout=SLOW_MS)
    assert [length for _, _, length in traffic.requests if length] == []
    assert {method for method, _, _ in traffic.requests} <= {"GET"}
    assert all(len(url) < MOST_BYTES_SENT for _, url, _ in traffic.requests if not url.startswith(("blob:", "data:")))
    assert traffic.frames, "choosing an image tells its number"
    assert max(traffic.frames) < MOST_BYTES_SENT


def picture(width: int = 60, height: int = 40, **how: Any) -> bytes:
    """A dark bar on white paper, upright in the middle."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((20, 20, 60), (width // 2 - 3, 4, width // 2 + 3, height - 4))
    out = io.BytesIO()
    image.save(out, **{"format": "PNG", **how})
    return out.getvalue()


def test_a_picture_is_prepared_as_the_task_is_and_every_step_is_shown(opened: Page) -> None:
    page = opened
    upload(page, "bar.png", picture())
    steps = page.get_by_role("list", name="Preparation")
    expect(steps).to_contain_text("the middle square of 60 × 40")
    expect(steps).to_contain_text("grey")
    expect(steps).to_contain_text("its border is bright")
    switch = page.get_by_role("checkbox", name="inverted")
    expect(switch).to_be_checked()
    dark = light(page)
    assert 10 < dark < 80
    switch.uncheck()
    expect(steps).to_contain_text("as you chose")
    assert light(page) == pytest.approx(255 - dark, abs=1)
    one(page)
    expect(steps).to_contain_text("drawn over")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert light(page) == 0


def test_a_photograph_stands_upright(opened: Page) -> None:
    page = opened
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    upload(page, "photo.jpg", picture(width=60, height=40, format="JPEG", exif=turned, quality=95))
    expect(page.get_by_text("the middle square of 40 × 60")).to_be_visible()


def png_of(width: int, height: int) -> bytes:
    """The beginning of a PNG of this size, and nothing more."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 0, 0, 0, 0) + b"\0" * 4


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.png", b"", "“empty.png” is empty. Choose a PNG, JPEG, GIF, WebP or BMP file."),
        ("notes.txt", b"hello", "“notes.txt” is not an image that this page knows."),
        ("huge.png", png_of(10_000, 5_000), "has 10,000 × 5,000 pixels, 50.0 million; at most 40 million"),
        ("cut.png", picture()[:60], "begins like a PNG of 60 × 40 but could not be decoded"),
        ("none.png", png_of(0, 0), "says no size: it is damaged"),
        ("<b>x</b>.png", b"", "“<b>x</b>.png” is empty"),
    ],
    ids=["empty", "no image", "50 megapixels", "cut off", "no size", "a name with tags"],
)
def test_what_cannot_be_taken_is_refused_and_the_drawing_stays(
    opened: Page, name: str, content: bytes, told: str
) -> None:
    page = opened
    one(page)
    bright = light(page)
    upload(page, name, content)
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible(timeout=SLOW_MS)
    assert light(page) == bright > 0
    upload(page, "good.png", picture())
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_hidden()
    expect(page.get_by_text("the middle square of 60 × 40")).to_be_visible()


def test_a_picture_can_be_dropped_and_pasted(opened: Page) -> None:
    page = opened
    content = list(picture())
    page.evaluate(
        """content => {
          const files = new DataTransfer()
          files.items.add(new File([Uint8Array.from(content)], "dropped.png", { type: "image/png" }))
          const find = root => root.querySelector(".playground")
            ?? [...root.querySelectorAll("*")].map(one => one.shadowRoot && find(one.shadowRoot)).find(Boolean)
          find(document).dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true }))
        }""",
        content,
    )
    expect(page.get_by_text("the middle square of 60 × 40")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    page.evaluate(
        """content => {
          const files = new DataTransfer()
          files.items.add(new File([Uint8Array.from(content)], "pasted.png", { type: "image/png" }))
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files }))
        }""",
        list(picture(width=90)),
    )
    expect(page.get_by_text("the middle square of 90 × 40")).to_be_visible()


def test_a_photograph_with_the_camera(
    trained: Home, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *fake]})
    page = ready(browser.new_page(), trained.address)
    page.get_by_role("button", name="Photograph").click()
    page.get_by_role("button", name="Take it").click(timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("the middle square of"))).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("video")).to_have_count(0)
    brightens(page, 0)
    browser.close()


def test_a_camera_that_is_refused_is_told(opened: Page) -> None:
    page = opened
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    page.get_by_role("button", name="Photograph").click()
    expect(page.get_by_role("alert").filter(has_text="The camera was not allowed.")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)


def test_who_breaks_first_is_found_and_a_marker_sets_the_slider(trained: Home, opened: Page) -> None:
    page = opened
    search = page.get_by_role("button", name="Find who breaks first")
    expect(search).to_be_disabled()
    page.get_by_role("button", name=re.compile("test image 4$")).click()
    search.click()
    rotation = page.get_by_role("group", name=re.compile("^Rotation, up to where"))
    expect(rotation.locator(".line")).to_have_count(len(trained.names), timeout=SLOW_MS)
    marker = rotation.get_by_role("button", name=re.compile("breaks at")).first
    degrees = re.search(r"breaks at (\d+)°", marker.get_attribute("aria-label") or "")
    assert degrees is not None
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Rotation")).to_have_value(degrees[1])
    expect(page.get_by_text(f"drifted: rotation {degrees[1]}°")).to_be_visible()
    page.get_by_text("Table of these charts").click()
    expect(page.locator("details tbody tr")).to_have_count(len(trained.names))
    page.get_by_role("button", name="No drift").click()
    expect(page.get_by_role("slider", name="Rotation")).to_have_value("0")
    draw(page, (0.1, 0.1), (0.2, 0.1))
    expect(rotation).to_be_hidden()


def test_drift_changes_what_the_networks_see_and_not_the_drawing(opened: Page) -> None:
    page = opened
    one(page)
    bright = light(page)
    page.wait_for_function("window.asked.some(one => one.kind === 'ask')")
    before = page.evaluate("[...window.asked.at(-1).input]")
    for name, most in (("Rotation", "90"), ("Blur", "3"), ("Noise", "0.5")):
        page.get_by_role("slider", name=name).fill(most)
        page.wait_for_function(
            "before => window.asked.at(-1).input.some((value, place) => value !== before[place])", arg=before
        )
        before = page.evaluate("[...window.asked.at(-1).input]")
    assert light(page) == bright


def test_a_network_that_was_deleted_says_so_and_the_others_answer(trained: Home, page: Page) -> None:
    gone = {"status": 404, "content_type": "application/json", "body": json.dumps({"error": "no run"})}
    page.route(f"**/browser/models/{trained.run_ids[1]}/*", lambda route: route.fulfill(**gone))
    ready(page, trained.address)
    one(page)
    expect(page.locator(".answer").nth(0)).to_have_text(re.compile(r"\d+.%"))
    expect(page.locator(".answer").nth(1)).to_have_text("deleted meanwhile: choose others above")
    expect(page.locator(".answer").nth(2)).to_have_text(re.compile(r"\d+.%"))


def test_a_worker_that_dies_is_told_and_the_drawing_stays(opened: Page) -> None:
    page = opened
    one(page)
    bright = light(page)
    page.workers[0].evaluate("() => { setTimeout(() => { throw new Error('out of memory') }) }")
    expect(page.get_by_text(re.compile("runs the networks stopped .*out of memory.*still here"))).to_be_visible()
    assert light(page) == bright
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".status")).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
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


def test_one_worker_runs_while_the_page_is_open_and_none_afterwards(opened: Page) -> None:
    page = opened
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_text("Probabilities at T = 50")).to_be_visible(timeout=SLOW_MS)
    assert len(page.workers) == 1
    with page.workers[0].expect_event("close"):
        page.get_by_role("link", name="Home").click()
        expect(page.get_by_role("heading", name="A small network learns")).to_be_visible(timeout=SLOW_MS)
    assert page.workers == []


def test_other_networks_are_opened_and_closed_while_the_drawing_stays(trained: Home, opened: Page) -> None:
    page = opened
    one(page)
    bright = light(page)
    page.get_by_role("button", name="Who answers").click()
    page.get_by_role("button", name=re.compile(f"Remove {trained.names[0]}")).or_(
        page.locator("[data-baseweb=tag]").filter(has_text=trained.names[0]).get_by_role("presentation")
    ).first.click()
    expect(page.locator(".answers thead th")).to_have_count(len(trained.names) - 1, timeout=SLOW_MS)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    assert light(page) == bright
