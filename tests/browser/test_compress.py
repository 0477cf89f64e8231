"""The Compress page in a real Chromium: a chain from its form to its 8-bit file, that file timed in the browser, and a
network by its goal."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Home
from ui.forms import packed

pytestmark = pytest.mark.browser
FIRST_MS = 90_000
SLOW_MS = 30_000
TRAINING_MS = 300_000
QUICK = "c_task=digits&c_updates=20&c_batch=16&c_links=3&c0_net=resnet8&c2_kind=int8&c2_int8_images=32&c_random=false"


def test_a_chain_is_built_with_the_keyboard_and_stands_in_the_address(
    server: str, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{server}/compress")
    expect(page.get_by_role("button", name=re.compile("^Start · about"))).to_be_enabled(timeout=FIRST_MS)
    page.get_by_role("button", name="Start from a ready pipeline").press("Enter")
    page.get_by_role("button", name="Round the weights").press("Enter")
    page.keyboard.press("Escape")
    lines = page.get_by_text(re.compile(r"^decimals \d"))
    expect(lines).to_have_count(3, timeout=SLOW_MS)
    page.get_by_role("button", name="Edit").nth(2).press("Enter")
    page.get_by_role("button", name="Remove").press("Enter")
    expect(lines).to_have_count(2, timeout=SLOW_MS)
    decimals = page.get_by_role("spinbutton", name="Decimals")
    expect(decimals).to_have_count(0, timeout=SLOW_MS)
    page.get_by_role("button", name="Edit").nth(1).press("Enter")
    decimals.fill("1")
    decimals.press("Enter")
    expect(page.get_by_text(re.compile("^decimals 1"))).to_have_count(1, timeout=SLOW_MS)
    page.wait_for_url(lambda url: steps(url) == [3.0, 1.0], timeout=SLOW_MS)
    page.reload()
    expect(lines).to_have_count(2, timeout=FIRST_MS)
    expect(page.get_by_text(re.compile("^decimals 1"))).to_have_count(1, timeout=SLOW_MS)
    assert complaints == []


def steps(url: str) -> list[float]:
    """The decimals of the steps in an address."""
    (text,) = parse_qs(urlsplit(url).query).get("spec", [packed.pack({"links": []})])
    return [link["parameters"]["decimals"] for link in packed.unpack(text)["links"] if "parameters" in link]


def test_why_a_chain_makes_no_sense_is_said_before_it_starts(server: str, page: Page) -> None:
    page.goto(f"{server}/compress?c_links=2&c1_kind=int8")
    expect(page.get_by_text("which has not learnt in this form")).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()


def test_the_form_fits_a_phone(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/compress")
    expect(page.get_by_role("button", name=re.compile("^Start · about"))).to_be_enabled(timeout=FIRST_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    step, button = page.get_by_text("1. Slice", exact=True), page.get_by_role("button", name="Edit").first
    boxes = [one.bounding_box() or {} for one in (step, button)]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 20  # in one line


def test_a_chain_ends_in_a_file_of_8_bits_that_runs_in_the_browser(
    server: str, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{server}/compress?{QUICK}")
    start = page.get_by_role("button", name=re.compile("^Start · about"))
    expect(start).to_be_enabled(timeout=FIRST_MS)
    start.click()
    expect(page.get_by_role("button", name="Stop").first).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_text("measured on the file itself").first).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=SLOW_MS)
    expect(page.get_by_role("button", name=re.compile(r"3\. 8-bit integers \("))).to_be_visible()
    page.get_by_text("The images that calibrated").click()
    expect(page.get_by_role("img", name="32 calibration images in rows of 32")).to_be_visible(timeout=SLOW_MS)
    link = page.get_by_role("link", name="Benchmark in this browser").get_attribute("href") or ""
    asked = parse_qs(urlsplit(link).query)
    assert len(asked["runs"]) == 4
    told: list[Response] = []
    page.on("response", lambda one: told.append(one) if one.url.endswith("/browser/measurements") else None)
    query = urlencode({**asked, "runs": asked["runs"][-1], "backend": "wasm-1", "auto": 1}, doseq=True)
    page.goto(f"{server}/benchmark?{query}")
    expect(page.get_by_text(re.compile("^1 measurement done")).first).to_be_visible(timeout=FIRST_MS)
    assert [one.status for one in told] == [200]
    assert told[0].json()["agrees"] is True
    assert complaints == []


def test_a_goal_becomes_a_network_and_what_it_reached_is_told(trained: Home, page: Page, complaints: list[str]) -> None:
    asked = {"c_mode": "By goal", "c_task": "digits", "c_teacher": f"run:{trained.teacher}"}
    page.goto(f"{trained.address}/compress?{urlencode(asked)}")
    expect(page.get_by_text("Say how many bytes or milliseconds")).to_be_visible(timeout=FIRST_MS)
    for name, value in (("At most, in kB", "20"), ("Test score at least, in %", "99.9")):
        field = page.get_by_role("spinbutton", name=name)
        field.fill(value)
        field.press("Enter")
    page.get_by_role("button", name="Find the largest network that fits").click(timeout=SLOW_MS)
    expect(page.get_by_text("is the largest part of the teacher that fits, of")).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_text("The next larger one, ")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Start · about")).click(timeout=SLOW_MS)
    told = page.locator("li").filter(has_text="eached")
    expect(told).to_have_count(2, timeout=TRAINING_MS)
    expect(told.nth(0)).to_contain_text("Reached: ")
    expect(told.nth(0)).to_contain_text("kB (at most 20.0 kB)")
    expect(told.nth(1)).to_contain_text("Not reached: ")
    expect(told.nth(1)).to_contain_text("(at least 99.9 %)")
    assert complaints == []
