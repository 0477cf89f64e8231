"""Classes from the room in a real Chromium, with a camera and a microphone that need no hardware."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import OTHER_NAME, served
from tests.browser.test_accessible import AXE, FINDINGS, OUTSIDE, PHONE, STREAMLIT, WIDE

pytestmark = pytest.mark.browser
FIRST_MS, SLOW_MS = 90_000, 30_000
NAMES = ("Cup ☕", "猫/dog")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("room")
    with served(home, STREAMLIT_BROWSER_SERVER_ADDRESS=OTHER_NAME, DISTILL_OWN_DATA="1") as address:
        yield address, home


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Classes").get_by_role("listitem")


def hold(page: Page, row: Locator, count: int) -> None:
    """Press the row's button until it has so many."""
    button = row.get_by_role("button", name=re.compile("^Hold"))
    expect(button).to_be_enabled(timeout=SLOW_MS)
    button.hover()
    page.mouse.down()
    enough = "|".join(map(str, range(count, 100)))
    expect(row.locator("output")).to_have_text(re.compile(f"^({enough}) "), timeout=SLOW_MS)
    page.mouse.up()


def kept(home: Path, title: str) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    lab = Lab.open(home)
    try:
        data = lab.own_data.named(title)
        return data.classes, data.per_class, data.given_parts
    finally:
        lab.close()


def test_pictures_of_two_classes_become_data(room: tuple[str, Path], page: Page, complaints: list[str]) -> None:
    address, home = room
    page.goto(f"{address}/data?own_way=camera")
    keep = page.get_by_role("button", name="Keep as data of this lab")
    expect(keep).to_be_disabled(timeout=FIRST_MS)
    first, second = rows(page).nth(0), rows(page).nth(1)
    expect(first.get_by_role("button", name="Hold to take pictures")).to_be_disabled()
    page.get_by_role("button", name="Turn the camera on").click()
    for row, name in ((first, NAMES[0]), (second, NAMES[1])):
        row.get_by_role("textbox").fill(name)
        hold(page, row, 10)
    expect(page.get_by_text("Write what the data are called.")).to_be_visible()
    hold(page, second, 14)
    second.get_by_role("button", name="Remove the last").click()
    page.get_by_role("button", name="Add a class").click()
    third = rows(page).nth(2)
    third.get_by_role("textbox").fill("nobody")
    hold(page, third, 1)
    expect(page.get_by_text("Each class takes 8 pictures at least.")).to_be_visible()
    third.get_by_role("button", name="Remove class").click()
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(3)
    third.get_by_role("button", name="Remove class").click()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("textbox", name="Name of the data").fill("My room")
    keep.click()
    expect(page.get_by_text("Added My room.")).to_be_visible(timeout=FIRST_MS)
    classes, per_class, parts = kept(home, "My room")
    assert classes == ("Cup ☕", "猫／dog")
    assert min(per_class) >= 8
    assert parts == ("train", "valid", "test")
    # What the lab has is gone here, and can be deleted there by one button.
    expect(rows(page).nth(0).locator("output")).to_have_text("0 pictures", timeout=SLOW_MS)
    expect(page.get_by_role("link", name="Train a teacher and a student")).to_be_visible()
    assert complaints == []


def test_recordings_of_two_classes_become_data(room: tuple[str, Path], page: Page) -> None:
    address, _home = room
    page.goto(f"{address}/data?own_way=microphone")
    expect(rows(page)).to_have_count(2, timeout=FIRST_MS)
    for number, name in enumerate(("one", "two")):
        row = rows(page).nth(number)
        row.get_by_role("textbox").fill(name)
        button = row.get_by_role("button", name="Hold to record")
        button.focus()
        page.keyboard.down("Space")
        expect(page.get_by_text(re.compile("^Recording … [1-9]"))).to_be_visible(timeout=SLOW_MS)
        page.keyboard.up("Space")
        expect(row.locator("output")).to_have_text(re.compile("^[1-9]+ recording"), timeout=SLOW_MS)
        expect(button).to_be_focused()
    expect(page.get_by_role("button", name="Keep as data of this lab")).to_be_disabled()


def test_without_https_it_says_what_to_do(room: tuple[str, Path], page: Page) -> None:
    address, _home = room
    page.goto(f"{address.replace('127.0.0.1', OTHER_NAME)}/data?own_way=camera")
    said = page.get_by_text(
        "A browser gives the camera to pages over https only. Open the lab on the computer that runs it"
    )
    expect(said).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("button", name="Keep as data of this lab")).to_have_count(0)


def test_another_site_sends_nothing(room: tuple[str, Path], page: Page) -> None:
    """What a page of another site posts is refused, and so is what is no zip file, in words."""
    address, home = room
    asked = f"{address}/browser/classes?title=stolen&kind=images"
    other = page.request.post(asked, data=b"PK", headers={"origin": "http://evil.test"})
    assert (other.status, "a page of" in other.json()["error"]) == (422, True)
    large = page.request.post(asked, data=bytes(20 * 2**20 + 1), headers={"origin": address})
    assert (large.status, "at most 20480 kB" in large.json()["error"]) == (422, True)
    unnamed = page.request.post(f"{address}/browser/classes?kind=images", data=b"PK", headers={"origin": address})
    assert (unnamed.status, "letters or digits" in unnamed.json()["error"]) == (422, True)
    assert not list((home / "data" / "own").glob(".adding-*"))


def test_what_records_can_be_read_and_used(room: tuple[str, Path], page: Page) -> None:
    address, _home = room
    for way, ready in (("camera", "Turn the camera on"), ("microphone", "Add a class")):
        page.set_viewport_size(WIDE)
        page.goto(f"{address}/data?own_way={way}")
        expect(page.get_by_role("button", name=ready)).to_be_visible(timeout=FIRST_MS)
        page.add_script_tag(path=AXE)
        assert page.evaluate(FINDINGS, [list(STREAMLIT), None]) == []
        page.set_viewport_size(PHONE)
        page.wait_for_function(f"() => ({OUTSIDE})().length === 0", timeout=SLOW_MS)
