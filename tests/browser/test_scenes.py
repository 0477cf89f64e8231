"""Scenes in a real Chromium: masks on the Playground as the server has them, what moves them, what cannot be taken, and
the Benchmark page."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from distill_core.deployment.parity import tolerance
from distill_core.deployment.runtime import run_onnx
from distill_core.evaluation.calibration import softmax_NC
from distill_core.lab import Lab
from distill_core.tasks import TASKS, null_sink
from distill_core.tasks.segmentation.metrics import class_iou_C, pixel_confusion_CC
from tests.browser.conftest import Home, served
from tests.browser.playground.acts import ASKED, NOTING, SLOW_MS, TOLD, canvas, draw, ready, settled, upload
from tests.browser.test_accessible import AXE, FINDINGS, OUTSIDE, STREAMLIT
from tests.pages.visiting import compared
from tests.quick import QUICK_TIMER
from tests.scenes import TASK, few

pytestmark = pytest.mark.browser
FIRST_MS = 60_000
SCENE = 12
# What a table says of each network, by the head of its row.
ROWS = """table => Object.fromEntries([...table.querySelectorAll("tbody tr")].map(row =>
  [row.querySelector("th").innerText, [...row.querySelectorAll("td")].map(cell => cell.innerText)]))"""
# The colour in the middle of a pixel of the scene, of all pictures.
COLOUR = """(pictures, [x, y]) => pictures.map(one => {
  const block = one.width / 48
  return [...one.getContext("2d").getImageData((x + 0.5) * block, (y + 0.5) * block, 1, 1).data].slice(0, 3)
})"""


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One served home with a short comparison on scenes: a teacher, its control and two students."""
    path = tmp_path_factory.mktemp("scenes")
    with pytest.MonkeyPatch.context() as patched:
        lab = Lab.open(path, timer=QUICK_TIMER)
        few(lab, patched)
        job = compared(lab, TASK, teacher="unet_small", width=0.5)
        summary = lab.reports.summary(job.id)
        lab.close()
    names, ids = tuple(summary["student"]), tuple(ids[0] for ids in summary["run_ids"])
    with served(path) as address:
        yield Home(address, path, names, ids, job.id)


@pytest.fixture(scope="module")
def opened(scenes: Home, visitor: BrowserContext) -> Iterator[Page]:
    """The Playground with a test scene; the tests leave it so."""
    tab = visitor.new_page()
    tab.add_init_script(NOTING)
    yield ready(tab, scenes.address)
    tab.close()


def rows(page: Page) -> dict[str, list[str]]:
    settled(page)
    return page.locator(".masks table").evaluate(ROWS)


def colours(page: Page, place: list[int]) -> list[list[int]]:
    settled(page)
    return page.locator(".tiles canvas").evaluate_all(COLOUR, place)


def wiped(page: Page) -> None:
    clear = page.get_by_role("button", name="Clear", exact=True)
    clear.scroll_into_view_if_needed()
    clear.click()


def back(page: Page) -> None:
    """To the test scene that the page began with."""
    page.get_by_role("spinbutton", name="Test scene").fill("0")
    page.get_by_role("spinbutton", name="Test scene").press("Enter")
    expect(page.locator(".truth")).to_contain_text("Test scene 0:", timeout=SLOW_MS)
    page.get_by_role("spinbutton", name="Test scene").fill(str(SCENE))
    page.get_by_role("spinbutton", name="Test scene").press("Enter")
    expect(page.locator(".truth")).to_contain_text(f"Test scene {SCENE}:", timeout=SLOW_MS)


def test_masks_are_those_of_the_server_pixel_for_pixel_and_so_are_their_numbers(scenes: Home, opened: Page) -> None:
    import torch

    page = opened
    expect(page.locator(".tiles figure")).to_have_count(5)
    told_rows = rows(page)
    asked = page.evaluate(f"[...{ASKED}.at(-1).input]")
    told = page.evaluate(f"{TOLD}.at(-1).result.map(one => ({{ ...one, logits: [...one.logits] }}))")
    assert {network["runId"] for network in told} == set(scenes.run_ids)
    test = TASKS.get(TASK).load(scenes.path, null_sink).test
    image_HW, truth_HW = test.images_NHWC[SCENE, ..., 0], test.labels_N[SCENE]
    tensor = ((image_HW / 255 - 0.43) / 0.162).astype(np.float32)[None, None]
    assert np.abs(np.array(asked) - tensor.ravel()).max() <= 1e-5
    tensor = np.array(asked, np.float32).reshape(tensor.shape)  # to the last bit what the browser's networks saw
    lab = Lab.open(scenes.path)
    for network in told:
        place = scenes.run_ids.index(network["runId"])
        logits_CHW = np.array(network["logits"], np.float32).reshape(6, 48, 48)
        same_CHW = run_onnx(lab.devices.ten_bits(network["runId"]).data, tensor)[0]
        onnx_CHW = run_onnx(lab.devices.model(network["runId"]).data, tensor)[0]
        torch_CHW = lab.network(network["runId"])(torch.from_numpy(tensor)).detach().numpy()[0]
        # Weights come in 10 bits: the same here and there, and beside those of the run's own file off by rounding.
        for server_CHW, rounded in ((same_CHW, 0.0), (onnx_CHW, 0.03), (torch_CHW, 0.03)):
            allowed = tolerance(server_CHW, "float32") + rounded
            assert np.abs(logits_CHW - server_CHW).max() <= allowed
            two = np.sort(server_CHW, axis=0)[-2:]
            sure = two[1] - two[0] > 2 * allowed
            assert sure.mean() > 0.6
            assert np.array_equal(logits_CHW.argmax(0)[sure], server_CHW.argmax(0)[sure])
        confusion_CC = pixel_confusion_CC(truth_HW, logits_CHW.argmax(0), 6)
        column = {name: cells[1 + place] for name, cells in told_rows.items()}
        assert float(column["Mean IoU, %"]) == pytest.approx(100 * np.nanmean(class_iou_C(confusion_CC)), abs=0.06)
        assert float(column["Right pixels, %"]) == pytest.approx(
            100 * confusion_CC.trace() / confusion_CC.sum(), abs=0.06
        )
        shares_NC = softmax_NC(logits_CHW.reshape(6, -1).T)
        bits = float(-(shares_NC * np.log2(np.maximum(shares_NC, 1e-12))).sum(1).mean())
        assert float(column["Entropy at T = 1, bits"]) == pytest.approx(bits, abs=0.006)
    lab.close()
    expect(page.get_by_role("img", name=re.compile("^Mask of True mask: Ground"))).to_be_visible()


def test_masks_have_the_colours_of_compare_and_say_what_they_show(opened: Page) -> None:
    page, test = opened, TASKS.get(TASK).load(Path(), null_sink).test
    image_HW, truth_HW = test.images_NHWC[SCENE, ..., 0], test.labels_N[SCENE]
    y, x = map(int, np.argwhere(truth_HW == 5)[100])  # a bag, #88CCEE
    wanted = 0.7 * np.array([0x88, 0xCC, 0xEE]) + 0.3 * float(image_HW[y, x])
    assert np.abs(np.array(colours(page, [x, y])[0]) - wanted).max() <= 1
    legend = page.get_by_role("list", name="Colours")
    expect(legend).to_contain_text("Trousers")
    for name in ("teacher", "control"):
        expect(page.locator(f".masks thead img[alt={name}]")).to_be_attached()
    expect(page.locator(".verdict").first).to_have_text(
        re.compile(
            r"agrees with the teacher most, on \d+\.\d % of the pixels|All 3 others give \d+\.\d % of the pixels"
        )
    )


def test_t_moves_entropy_and_probabilities_and_no_class(opened: Page) -> None:
    page = opened
    before, plain = rows(page), colours(page, [20, 20])
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_text("Entropy at T = 50, bits")).to_be_visible(timeout=SLOW_MS)
    after = rows(page)
    assert [after[name] for name in ("Ground", "Bag", "Mean IoU, %")] == [
        before[name] for name in ("Ground", "Bag", "Mean IoU, %")
    ]
    assert colours(page, [20, 20]) == plain
    hot = [float(cell) for cell in after["Entropy at T = 50, bits"][1:]]
    assert all(2.5 < one <= 2.59 for one in hot)
    page.get_by_role("button", name="Entropy", exact=True).press("Enter")
    expect(page.get_by_text("uncertain, 2.58 bits")).to_be_visible()
    assert colours(page, [20, 20])[1:] != plain[1:]
    assert colours(page, [20, 20])[0] == plain[0], "the true mask stays"
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text(re.compile("mask=entropy"))).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Classes", exact=True).click()
    page.get_by_role("slider", name="Temperature T").press("Home")
    for _ in range(3):
        page.get_by_role("slider", name="Temperature T").press("ArrowRight")
    expect(page.get_by_text(re.compile("Entropy at T = [\\d.]+, bits"))).to_be_visible()


def test_strokes_by_mouse_and_keyboard_are_answered_at_once_and_an_empty_canvas_is_not(opened: Page) -> None:
    page = opened
    draw(page, (0.2, 0.9), (0.8, 0.9))
    expect(page.locator(".truth")).to_have_text(f"Test scene {SCENE}, drawn over: its true mask is that of before.")
    wiped(page)
    expect(page.locator(".verdict").first).to_have_text(re.compile("^The masks appear here"))
    expect(page.locator(".tiles figure")).to_have_count(4)
    canvas(page).focus()
    for key in ("Space", "Shift+ArrowDown", "Shift+ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("img", name=re.compile("^Mask of control: "))).to_be_visible()
    expect(page.locator(".truth")).to_contain_text("Nobody drew a true mask of this")
    assert "Mean IoU, %" not in rows(page)
    back(page)


def test_the_true_mask_drifts_along_and_another_scene_comes(opened: Page) -> None:
    page = opened
    still = rows(page)
    page.get_by_role("slider", name="Shift").fill("16")
    expect(page.get_by_text("drifted: shift 16 px")).to_be_visible()
    moved = rows(page)
    assert moved["Bag"][0] != still["Bag"][0]
    page.get_by_role("button", name="No perturbation").click()
    assert rows(page)["Bag"][0] == still["Bag"][0]
    page.get_by_role("button", name="Another one").click()
    expect(page.locator(".truth")).not_to_contain_text(f"Test scene {SCENE}:", timeout=SLOW_MS)
    expect(page.locator(".truth")).to_contain_text(re.compile(r"^Test scene \d+: its true mask"))
    page.get_by_role("button", name=re.compile("^Test scene 3: Ground")).click()
    expect(page.locator(".truth")).to_contain_text("Test scene 3:")
    back(page)


def picture(width: int, height: int, *, plain: bool = False) -> bytes:
    image = Image.new("RGB", (width, height), (120, 120, 120))
    if not plain:
        image.paste((250, 250, 250), (width // 4, height // 4, width // 2, height // 2))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_pictures_that_are_small_of_one_shade_or_none_are_told_of(opened: Page) -> None:
    page = opened
    upload(page, "wide.png", picture(90, 60))
    expect(page.get_by_role("list", name="Preparation")).to_contain_text("the middle square of 90 × 60")
    expect(page.get_by_role("list", name="Preparation")).to_contain_text("left as it came")
    expect(page.locator(".truth")).to_have_text(re.compile("^Nobody drew a true mask"))
    upload(page, "small.png", picture(20, 30))
    expect(page.locator(".truth")).to_contain_text("The picture has 20 × 30 pixels, and the networks see 48 of a side")
    upload(page, "plain.png", picture(90, 60, plain=True))
    expect(page.locator(".truth")).to_contain_text("All of it is one shade: there is nothing to tell apart")
    upload(page, "notes.png", b"hello")
    expect(page.get_by_role("alert").filter(has_text="notes.png")).to_contain_text(
        "is not an image that this page knows"
    )
    back(page)


def test_masks_can_be_read_and_used_in_every_size(opened: Page) -> None:
    page = opened
    page.add_script_tag(path=AXE)
    assert page.evaluate(FINDINGS, [list(STREAMLIT), None]) == []
    size = page.viewport_size
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_function(f"() => ({OUTSIDE})().length === 0", timeout=SLOW_MS)
    assert size is not None
    page.set_viewport_size(size)


def test_the_teacher_that_ships_draws_its_mask_alone(scenes: Home, page: Page, complaints: list[str]) -> None:
    ready(page, scenes.address, "?alone=scenes&mask=shares&rotation=20")
    expect(page.locator(".tiles figure")).to_have_count(2)
    expect(page.locator(".verdict").first).to_have_text(re.compile("^The teacher sees: Ground"), timeout=SLOW_MS)
    expect(page.get_by_text("drifted: rotation 20°")).to_be_visible()
    assert complaints == []


def test_a_browsers_measurement_of_a_network_of_scenes_agrees_with_the_server(scenes: Home, page: Page) -> None:
    with page.expect_response("**/browser/measurements", timeout=FIRST_MS) as told:
        page.goto(f"{scenes.address}/benchmark?runs={scenes.student}&backend=wasm-1&auto=1")
    found = told.value.json()
    assert (found["agrees"], found["p50_ms"] > 0) == (True, True)
    assert found["largest_difference"] < 1e-3
