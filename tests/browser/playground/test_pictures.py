"""Pictures that are uploaded, dropped, pasted or photographed; what cannot be taken."""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.playground.acts import (
    SLOW_MS,
    brightens,
    canvas,
    light,
    one,
    picture,
    png_of,
    upload,
)

pytestmark = pytest.mark.browser

# Each with what is said of it: empty, no image, 50 megapixels, cut off, of no size, with tags in its name.
REFUSED = (
    ("empty.png", b"", "“empty.png” is empty. Choose a PNG, JPEG, GIF, WebP or BMP file."),
    ("notes.txt", b"hello", "“notes.txt” is not an image that this page knows."),
    ("huge.png", png_of(10_000, 5_000), "has 10,000 × 5,000 pixels, 50.0 million; at most 40 million"),
    ("cut.png", picture()[:60], "begins like a PNG of 60 × 40 but could not be decoded"),
    ("none.png", png_of(0, 0), "says no size: it is damaged"),
    ("<b>x</b>.png", b"", "“<b>x</b>.png” is empty"),
)
# The first picture stays with the decoder until it is released; what it says then is noted.
HELD = """() => {
  window.Worker = class extends Worker {
    postMessage(message, ...rest) {
      if (!message.blob || window.release) return super.postMessage(message, ...rest)
      this.addEventListener("message", () => (window.late = true))
      window.release = () => super.postMessage(message, ...rest)
    }
  }
}"""
# A visitor who thinks about each question of the camera's until the test answers it with a stream that is noted.
THINKING = """() => {
  window.answers = []
  window.streams = []
  navigator.mediaDevices.getUserMedia = () => new Promise(done => window.answers.push(() => {
    const stream = document.createElement("canvas").captureStream()
    window.streams.push(stream)
    done(stream)
  }))
}"""
LIVE = "window.streams.map(stream => stream.getTracks().some(track => track.readyState === 'live'))"


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


def test_a_photograph_stands_upright(cleared: Page) -> None:
    page = cleared
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    upload(page, "photo.jpg", picture(width=60, height=40, format="JPEG", exif=turned, quality=95))
    expect(page.get_by_text("the middle square of 40 × 60")).to_be_visible()


def test_what_cannot_be_taken_is_refused_and_the_drawing_stays(cleared: Page) -> None:
    page = cleared
    for name, content, told in REFUSED:
        one(page)
        bright = light(page)
        upload(page, name, content)
        refusal = page.get_by_role("alert").filter(has_text=told)
        expect(refusal).to_be_visible(timeout=SLOW_MS)
        assert light(page) == bright > 0, f"after {name}"
        upload(page, "good.png", picture())
        expect(refusal).to_be_hidden()
        good = page.get_by_text("the middle square of 60 × 40")
        expect(good).to_be_visible()
        page.get_by_role("button", name="Clear").click()
        expect(good).to_be_hidden()


def test_a_picture_can_be_dropped_and_pasted(cleared: Page) -> None:
    page = cleared
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


def test_a_photograph_with_the_camera(cleared: Page) -> None:
    page = cleared
    page.get_by_role("button", name="Photograph").click()
    page.get_by_role("button", name="Take it").click(timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("the middle square of"))).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("video")).to_have_count(0)
    brightens(page, 0)


def test_a_slow_picture_does_not_replace_a_newer_one(opened: Page) -> None:
    page = opened
    page.evaluate(HELD)
    upload(page, "slow.png", picture())
    page.wait_for_function("window.release !== undefined")
    upload(page, "quick.png", picture(height=20))
    expect(page.get_by_text("the middle square of 60 × 20")).to_be_visible()
    bright = light(page)
    page.evaluate("window.release()")
    page.wait_for_function("window.late === true")
    assert light(page) == bright
    page.get_by_role("button", name="Undo").click()
    assert light(page) == 0


def test_of_two_clicks_on_the_camera_one_stream_stays_and_it_ends_with_the_panel(opened: Page) -> None:
    page = opened
    page.evaluate(THINKING)
    shoot = page.get_by_role("button", name="Photograph")
    shoot.click()
    shoot.click()
    page.evaluate("window.answers.forEach(answer => answer())")
    page.wait_for_function(f"JSON.stringify({LIVE}) === '[false,true]'")
    expect(page.locator("video")).to_have_count(1)
    page.get_by_role("button", name="Close the camera").click()
    assert page.evaluate(LIVE) == [False, False]


def test_a_camera_that_is_allowed_after_the_page_was_left_is_stopped(opened: Page) -> None:
    page = opened
    page.evaluate(THINKING)
    page.get_by_role("button", name="Photograph").click()
    page.wait_for_function("window.answers.length === 1")
    page.get_by_role("link", name="Home").click()
    expect(canvas(page)).to_have_count(0)
    page.evaluate("window.answers[0]()")
    page.wait_for_function(f"JSON.stringify({LIVE}) === '[false]'")


def test_a_camera_that_is_refused_is_told(opened: Page) -> None:
    page = opened
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    page.get_by_role("button", name="Photograph").click()
    expect(page.get_by_role("alert").filter(has_text="The camera was not allowed.")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
