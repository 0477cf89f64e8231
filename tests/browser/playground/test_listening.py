"""The Playground of sound and of text, on pages of the served lab that hold nothing else: a microphone that plays a
file, uploads, and what is typed."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import BrowserContext, Page, expect

from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.deployment.sound_features import features
from distill_core.networks import Blueprint, build
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.recording import trimmed
from distill_core.tasks.text.tokens import INPUT, tokens
from tests.browser.conftest import Home
from tests.browser.playground.acts import ASKED, NOTING, SLOW_MS, ready
from tests.sounds import packed, word
from ui.browser import addresses

expect.set_options(timeout=SLOW_MS)

Addresses = dict[str, str]
CLASSES = ["one", "two", "three"]
HEARD = "window.asked.filter(one => one.kind === 'features')"


def heard() -> bytes:
    """A network for features."""
    torch.manual_seed(0)
    head = torch.nn.Linear(mfcc.COEFFICIENTS * mfcc.FRAMES, len(CLASSES))
    network = torch.nn.Sequential(torch.nn.Flatten(1), head)
    return export_onnx(network, Blueprint(architecture="sound", classes=3, input=mfcc.INPUT)).data


def read() -> bytes:
    torch.manual_seed(0)
    blueprint = Blueprint(architecture="byte_cnn", classes=3, input=INPUT)
    return export_onnx(build(blueprint).eval(), blueprint).data


@pytest.fixture(scope="module")
def lab(trained: Home, visitor: BrowserContext) -> Addresses:
    """Where the served lab has what a component loads, by name."""
    with visitor.new_page() as tab:
        ready(tab, trained.address)
        loaded = tab.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    known = {name: f"{trained.address}/{address}" for name, address in addresses.addresses().items()}
    (script,) = [address for address in loaded if address.endswith("/playground.js")]
    return {**known, "scripts": script.removesuffix("playground.js")}


def opened(page: Page, lab: Addresses, model: bytes, task: dict[str, Any]) -> None:
    """The component as Streamlit gives it, on a page of the lab's own address."""
    network = {"run_id": "a", "file": "a.onnx", "name": "KD", "role": "student", "mark": "data:,", "colour": "#336699"}
    spoken = {"language": "en-GB", "texts": {}}
    data = {
        "addresses": lab,
        "spoken": spoken,
        "task": task,
        "classes": CLASSES,
        "networks": [network],
        "temperature": 1.0,
    }
    html = '<!doctype html><main class="playground"></main>'
    page.add_init_script(NOTING)
    page.route("**/alone", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("**/models/**", lambda route: route.fulfill(body=model))
    page.goto(f"{lab['engine'].partition('/browser/')[0]}/alone")
    shown(page, data)
    expect(page.locator(".status")).to_be_hidden()


def shown(page: Page, data: dict[str, Any]) -> None:
    page.evaluate(
        """async data => {
          const { show } = await import(`${data.addresses.scripts}playground.js`)
          window.given = data
          show({ data, root: document.querySelector("main") })
        }""",
        data,
    )


def numbers(page: Page, expression: str) -> np.ndarray:
    return np.array(json.loads(page.evaluate(f"JSON.stringify(Array.from({expression}, Number))")))


def shares(page: Page) -> list[int]:
    """The probabilities on the screen, in percent."""
    cells = page.locator(".answers tbody .number")
    expect(cells.first).not_to_be_empty()
    return [int(text) for text in cells.all_inner_texts()]


def expected(logits_NC: np.ndarray) -> list[float]:
    powers = np.exp(logits_NC[0] - logits_NC[0].max())
    return (100 * powers / powers.sum()).tolist()


@pytest.mark.parametrize("output", ["without_mean", "with_mean"])
def test_what_a_microphone_hears_is_answered_as_the_server_would(lab: Addresses, page: Page, output: str) -> None:
    model = heard()
    opened(page, lab, model, {"name": "s", "kind": "sound", "shape": [13, 40], "features": output})
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Record").wait_for()  # it ends by itself
    page.get_by_role("img", name="13 coefficients of 40 frames").wait_for()
    samples = numbers(page, f"{HEARD}.at(-1).samples").astype(np.float32)
    assert 0.4 < len(samples) / mfcc.RATE_HZ <= 3
    seconds = f"{len(samples) / mfcc.RATE_HZ:.2f}"
    told = f"The middle 1 s of {seconds} s of sound" if len(samples) > 8200 else f"All {seconds} s of sound"
    expect(page.get_by_text(told)).to_be_visible()
    loud = np.abs(np.fft.rfft(samples, mfcc.RATE_HZ)).argmax()
    assert loud == pytest.approx(440, abs=3)
    np.testing.assert_array_equal(trimmed(samples), samples)
    told = f"window.told.findLast(one => one.result?.{output}).result"
    wanted = features(samples)
    for name in wanted:
        np.testing.assert_allclose(numbers(page, f"{told}.{name}"), wanted[name].ravel(), atol=1e-3)
    assert shares(page) == pytest.approx(expected(run_onnx(model, wanted[output])), abs=1)


def test_a_file_is_heard_as_the_server_reads_it_and_no_word_is_told(lab: Addresses, page: Page) -> None:
    opened(page, lab, heard(), {"name": "s", "kind": "sound", "shape": [13, 40], "features": "without_mean"})
    chooser = page.get_by_label("Upload a recording")
    for samples, said in ((np.zeros(9_000), "got silence"), (word()[:400], "at least 0.1 s")):
        chooser.set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": packed(samples)})
        expect(page.get_by_role("alert")).to_contain_text(said)
    chooser.set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"\0\0\0\x20ftypisom"})
    expect(page.get_by_role("alert")).to_contain_text("wav, flac, ogg or mp3")
    assert page.evaluate(f"{HEARD}.length") == 0
    chooser.set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": packed(word())})
    page.get_by_role("img", name="13 coefficients of 40 frames").wait_for()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.evaluate(f"{HEARD}.at(-1).samples.length") == pytest.approx(4_000, abs=80)


def test_another_task_of_sound_sees_the_same_word_with_its_own_features(lab: Addresses, page: Page) -> None:
    task = {"name": "s", "kind": "sound", "shape": [13, 40], "features": "without_mean"}
    opened(page, lab, heard(), task)
    upload = {"name": "a.wav", "mimeType": "audio/wav", "buffer": packed(word())}
    page.get_by_label("Upload a recording").set_input_files(upload)
    picture = page.get_by_role("img", name="13 coefficients of 40 frames")
    picture.wait_for()
    before = picture.evaluate("canvas => canvas.toDataURL()")
    shown(page, {**page.evaluate("window.given"), "task": {**task, "name": "t", "features": "with_mean"}})
    assert picture.evaluate("canvas => canvas.toDataURL()") != before
    expect(page.get_by_role("alert")).to_be_hidden()
    page.wait_for_function("window.told.filter(one => one.result?.[0]?.logits).length > 1")


def test_a_word_is_heard_though_the_worker_ended_meanwhile(lab: Addresses, page: Page) -> None:
    task = {"name": "s", "kind": "sound", "shape": [13, 40], "features": "without_mean"}
    opened(page, lab, heard(), task)
    page.route("**/sound_features.onnx", lambda _route: None)
    upload = {"name": "a.wav", "mimeType": "audio/wav", "buffer": packed(word())}
    with page.expect_request("**/sound_features.onnx"):
        page.get_by_label("Upload a recording").set_input_files(upload)
    page.unroute("**/sound_features.onnx")
    shown(page, {**page.evaluate("window.given"), "task": {**task, "name": "t"}})
    page.get_by_role("img", name="13 coefficients of 40 frames").wait_for()
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize("text", ["Änderungen speichern", "保存して一つ追加", "😀😀😀", "تغيير كلمة المرور"])
def test_every_keystroke_is_answered_and_what_decided_is_marked(lab: Addresses, page: Page, text: str) -> None:
    model = read()
    opened(page, lab, model, {"name": "t", "kind": "text", "shape": [64], "dtype": "int64"})
    page.get_by_role("textbox", name="Text").press_sequentially(text)
    page.wait_for_function(f"{ASKED}.some(one => one.count === 1) && document.querySelector('.decided:not([hidden])')")
    given = numbers(page, f"{ASKED}.findLast(one => one.count === 1).input")
    assert given.tolist() == tokens([text])[0].tolist()
    assert shares(page) == pytest.approx(expected(run_onnx(model, tokens([text]))), abs=1)
    assert page.locator(".marked span").all_text_contents() == list(text)
