"""The page of an export kit, opened from the disk in a browser without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from distill_core.deployment.kit.build import write_folder
from distill_core.deployment.kit.examples import has_engine
from tests.kits import kit, source

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not has_engine(), reason="onnxruntime-web is not installed beside this lab"),
]
SLOW_MS = 60_000
FIRST = {"image": "%", "scene": "Ground", "sound": "%", "text": "Arabic"}


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """A page without a network, which fails the test where a script fails or anything is asked of a server."""
    context = browser.new_context(offline=True)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "blob:")) else wrong.append(asked.url))
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, kind: str, folder: Path) -> None:
    write_folder(kit(kind), folder / kind)
    page.goto((folder / kind / "index.html").as_uri())
    expect(page.get_by_role("status")).to_contain_text("Check passed: largest difference", timeout=SLOW_MS)


@pytest.mark.parametrize("kind", FIRST)
def test_it_answers_without_a_network_as_the_lab_does(kind: str, offline: Page, tmp_path: Path) -> None:
    opened(offline, kind, tmp_path)
    expect(offline.get_by_role("heading", level=1)).to_have_text(source(kind).title)
    expect(offline.locator("#answers")).to_contain_text(FIRST[kind])


def test_a_visitor_brings_an_own_image(offline: Page, tmp_path: Path) -> None:
    from PIL import Image

    known = source("image")
    file = tmp_path / "own.png"
    Image.fromarray(known.test.images_NHWC[4][..., 0]).save(file)
    opened(offline, "image", tmp_path)
    offline.locator("input[type=file]").set_input_files(file)
    best = known.task.classes[int(known.logits_N[4].argmax())]
    expect(offline.locator("#answers span").first).to_have_text(best)
    offline.locator("input[type=file]").set_input_files(tmp_path / "image" / "check.py")
    expect(offline.locator("#answers")).to_contain_text("That did not work")


def test_a_visitor_writes_and_brings_a_recording(offline: Page, tmp_path: Path) -> None:
    from tests.sounds import packed, word

    opened(offline, "text", tmp_path)
    offline.get_by_label("A text").fill("この文章は日本語です")
    expect(offline.locator("#answers span").first).to_have_text("Japanese")
    (tmp_path / "own.wav").write_bytes(packed(word()))
    opened(offline, "sound", tmp_path)
    before = offline.locator("#answers").inner_text()
    offline.locator("input[type=file]").set_input_files(tmp_path / "own.wav")
    expect(offline.locator("#answers")).not_to_have_text(before)
    expect(offline.locator("#answers")).not_to_contain_text("That did not work")


def test_a_kit_without_a_form_of_its_own_is_checked_alone(offline: Page, tmp_path: Path) -> None:
    opened(offline, "network", tmp_path)
    expect(offline.locator("#ask")).to_be_hidden()
