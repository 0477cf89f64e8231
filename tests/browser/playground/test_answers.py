"""Every network answers as one draws, and T, links and other networks change nothing of the drawing."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import Home
from tests.browser.playground.acts import (
    ASKED,
    NOTING,
    SLOW_MS,
    TOLD,
    answers,
    canvas,
    light,
    one,
    ready,
    settled,
    shares,
)

pytestmark = pytest.mark.browser


def test_every_network_answers_a_drawing_while_the_pen_is_down_and_after(
    trained: Home, page: Page, complaints: list[str]
) -> None:
    page.add_init_script(NOTING)
    ready(page, trained.address)
    heads = [head.inner_text().strip() for head in page.locator(".answers thead th").all()]
    assert heads == list(trained.names)
    expect(page.get_by_text("The answers appear here as you draw.")).to_be_visible()
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200, steps=5)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    page.mouse.up()
    one(page)
    verdict = page.locator(".verdict").first
    expect(verdict).to_have_text(re.compile(r"^(All|None of|\d of) 3 other networks gives? .*: \d\.$"))
    assert all(re.match(r"(≠ )?\d\s·\s([<>]\s)?\d+\s%$", answer) for answer in answers(page))
    assert np.abs(shares(page).sum(0) - 100).max() < 6
    expect(page.locator(".time").first).to_have_text(re.compile(r"\d ms$"))
    one(page)  # how long the last stroke took is told with the next answer
    expect(page.get_by_text(re.compile("From the stroke to the answers: \\d+ ms"))).to_be_attached()
    assert complaints == []


def test_t_other_images_and_other_networks_change_nothing_of_the_drawing(trained: Home, opened: Page) -> None:
    page = opened
    one(page)
    before, bright = shares(page), light(page)
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_text("Probabilities at T = 50: softer")).to_be_visible(timeout=SLOW_MS)
    expect(page).to_have_url(re.compile("play_T=50"), timeout=SLOW_MS)
    after = shares(page)
    assert after.max() < before.max()
    assert light(page) == bright > 0, "after another T"

    shelf = page.get_by_role("group", name="Test images")
    expect(shelf.get_by_role("button")).to_have_count(18)
    page.get_by_role("button", name="Other images").click()
    expect(shelf.get_by_role("button", name=re.compile("test image 18$"))).to_be_visible(timeout=SLOW_MS)
    assert light(page) == bright, "after other images"

    page.get_by_role("button", name="Networks").click()
    page.get_by_role("button", name=re.compile(f"Remove {trained.names[0]}")).or_(
        page.locator("[data-baseweb=tag]").filter(has_text=trained.names[0]).get_by_role("presentation")
    ).first.click()
    expect(page.locator(".answers thead th")).to_have_count(len(trained.names) - 1, timeout=SLOW_MS)
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    assert light(page) == bright, "after other networks"


def test_a_test_image_goes_in_unchanged_and_every_network_answers_as_on_the_server(trained: Home, opened: Page) -> None:
    page = opened
    page.get_by_role("button", name=re.compile("test image 4$")).click()
    expect(page.locator(".truth")).to_contain_text("The test image shows:")
    settled(page)
    asked = page.evaluate(f"[...{ASKED}.at(-1).input]")
    told = page.evaluate(f"{TOLD}.at(-1).result")
    assert {network["runId"] for network in told} == set(trained.run_ids)
    lab = Lab.open(trained.path)
    for network in told:
        server = lab.devices.reference(network["runId"], "float32")
        assert np.abs(np.array(asked) - server.examples[4].ravel()).max() <= 1e-6
        # Weights come in 10 bits.
        assert np.abs(np.array(network["logits"]) - server.logits_BC[4]).max() <= 1e-2
    lab.close()


def test_a_link_opens_with_image_drift_and_t(trained: Home, page: Page) -> None:
    ready(page, trained.address, "?play_T=4&sample=3&rotation=20")
    expect(page.locator(".truth")).to_contain_text("The test image shows:", timeout=SLOW_MS)
    expect(page.get_by_text("drifted: rotation 20°")).to_be_visible()
    expect(page.get_by_role("slider", name="Rotation")).to_have_value("20")
    expect(page.get_by_text("Probabilities at T = 4")).to_be_visible()
