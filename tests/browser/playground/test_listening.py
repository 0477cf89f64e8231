"""The Playground of sound and of text, on pages of the served lab that hold nothing else: a microphone that plays a
file, uploads, and what is typed; answered by every network that takes it, in each format."""

import base64
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from distill_core.deployment.parity import within_tolerance
from distill_core.deployment.runtime import run_onnx
from distill_core.deployment.sound_features import features
from distill_core.deployment.untrained import FORMATS, untrained_file
from distill_core.networks import Blueprint, taking
from distill_core.tasks import InputSpec
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.fsdd import DIGITS, SPEAKERS
from distill_core.tasks.sound.own_voice import checked_words
from distill_core.tasks.sound.recording import trimmed
from distill_core.tasks.text.tokens import INPUT, tokens
from tests.browser.conftest import Home
from tests.browser.playground.acts import NOTING, SLOW_MS, ready
from tests.sounds import packed, word
from ui.browser import addresses

expect.set_options(timeout=SLOW_MS)

Addresses = dict[str, str]
Files = dict[str, tuple[str, bytes]]
HEARD = "window.asked.filter(one => one.kind === 'features')"
ASKED = "window.asked.findLast(one => one.kind === 'ask' && one.count === 1"
TOLD = "window.told.findLast(one => Array.isArray(one.result) && one.result.some(net => net.runId === '{}')).result"
PICTURE = "13 coefficients of 40 frames"
SOUND = {"name": "s", "kind": "sound", "shape": [13, 40], "features": "without_mean"}
WHO = {**SOUND, "name": "w", "features": "with_mean"}
# From the lab's own route.
SHIPPED = "../shipped/speakers_cnn.onnx"


def exported(given: InputSpec, classes: int, kinds: Collection[str] = FORMATS) -> Files:
    """Every network that takes this, in every format that it has: the format and the file, by a name."""
    found = {}
    for architecture in taking(given):
        for kind in kinds:
            blueprint = Blueprint(architecture=architecture.name, classes=classes, input=given)
            found[f"{architecture.name}-{kind}"] = (kind, untrained_file(blueprint, kind).data)
    return found


@pytest.fixture(scope="module")
def lab(trained: Home, visitor: BrowserContext) -> Addresses:
    """Where the served lab has what a component loads, by name."""
    with visitor.new_page() as tab:
        ready(tab, trained.address)
        loaded = tab.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    known = {name: f"{trained.address}/{address}" for name, address in addresses.addresses().items()}
    (script,) = [address for address in loaded if address.endswith("/playground.js")]
    return {**known, "scripts": script.removesuffix("playground.js")}


def network(name: str, file: str) -> dict[str, str]:
    return {"run_id": name, "file": file, "name": name, "role": "student", "mark": "data:,", "colour": "#336699"}


def opened(page: Page, lab: Addresses, files: Files, task: dict[str, Any], classes: Any, **more: Any) -> None:
    """The component as Streamlit gives it, on a page of the lab's own address."""
    data = {
        "addresses": lab,
        "spoken": {"language": "en-GB", "texts": {}},
        "task": task,
        "classes": list(classes),
        "networks": [network(name, f"{name}.onnx") for name in files],
        "temperature": 1.0,
        **more,
    }
    html = '<!doctype html><main class="playground"></main>'
    page.add_init_script(NOTING)
    page.route("**/alone", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("**/models/*.onnx", lambda route: route.fulfill(body=files[Path(route.request.url).stem][1]))
    page.goto(f"{lab['engine'].partition('/browser/')[0]}/alone")
    shown(page, data)
    for status in page.locator(".status").all():
        expect(status).to_be_hidden()


def shown(page: Page, data: dict[str, Any]) -> None:
    page.evaluate(
        """async data => {
          const { show } = await import(`${data.addresses.scripts}playground.js`)
          window.given = data
          const setTriggerValue = (name, value) => (window.triggered = { name, value })
          const setStateValue = (name, value) => (window.kept = { name, value })
          show({ data, root: document.querySelector("main"), setTriggerValue, setStateValue })
        }""",
        data,
    )


def numbers(page: Page, expression: str) -> np.ndarray:
    return np.array(json.loads(page.evaluate(f"JSON.stringify(Array.from({expression}, Number))")))


def agree(page: Page, files: Files, example: np.ndarray) -> None:
    """Each network said in the browser what its file says here."""
    for name, (kind, file) in files.items():
        logits = numbers(page, f"{TOLD.format(name)}.find(net => net.runId === '{name}').logits")
        assert (name, *within_tolerance([logits], run_onnx(file, example), kind))[1], name


def upload(page: Page, label: str, *files: tuple[str, bytes]) -> None:
    given = [{"name": name, "mimeType": "audio/wav", "buffer": data} for name, data in files]
    page.get_by_label(label, exact=True).set_input_files(given)


def test_what_a_microphone_hears_is_answered_as_the_server_would_what_and_who(lab: Addresses, page: Page) -> None:
    files = exported(mfcc.INPUT, len(DIGITS))
    beside = {"task": WHO, "title": "Who", "classes": list(SPEAKERS), "networks": [network("who", SHIPPED)]}
    opened(page, lab, files, SOUND, DIGITS, title="What", beside=beside)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Record", exact=True).wait_for()  # it ends by itself
    page.get_by_role("img", name=PICTURE).wait_for()
    samples = numbers(page, f"{HEARD}.at(-1).samples").astype(np.float32)
    assert 0.4 < len(samples) / mfcc.RATE_HZ <= 3
    seconds = f"{len(samples) / mfcc.RATE_HZ:.2f}"
    told = f"The middle 1 s of {seconds} s of sound" if len(samples) > 8200 else f"All {seconds} s of sound"
    expect(page.get_by_text(told)).to_be_visible()
    loud = np.abs(np.fft.rfft(samples, mfcc.RATE_HZ)).argmax()
    assert loud == pytest.approx(440, abs=3)
    np.testing.assert_array_equal(trimmed(samples), samples)
    wanted = features(samples)
    for name in wanted:
        heard = numbers(page, f"window.told.findLast(one => one.result?.{name}).result.{name}")
        np.testing.assert_allclose(heard, wanted[name].ravel(), atol=1e-3)
    for section in page.locator(".answers").all():
        expect(section.locator("tbody .number").last).not_to_be_empty()
    agree(page, files, wanted["without_mean"])
    shipped = page.request.get(f"{lab['models']}{SHIPPED}").body()
    agree(page, {"who": ("float32", shipped)}, wanted["with_mean"])
    assert page.locator(".answers h3").all_inner_texts() == ["What", "Who"]


def test_files_are_heard_as_the_server_reads_them_no_word_is_told_and_a_voice_is_brought(
    lab: Addresses, page: Page
) -> None:
    files = exported(mfcc.INPUT, len(DIGITS))
    lesson = {"names": list(DIGITS), "takes": 2, "least": 10, "busy": False}
    opened(page, lab, dict([*files.items()][:1]), SOUND, DIGITS, voice=lesson)
    refused = {
        "got silence": packed(np.zeros(9_000)),
        "at least 0.1 s, got 0.05 s": packed(word()[:400]),
        "at most 10 s, got 60 s": packed(word(after=59.1)),
        "expected wav, flac, ogg or mp3": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(2_000),
    }
    for said, data in refused.items():
        upload(page, "Upload a recording", ("a.wav", data))
        expect(page.locator(".message").first).to_contain_text(said)
    assert page.evaluate(f"{HEARD}.length") == 0
    stereo = np.stack([word(48_000), word(48_000)], 1)
    taken = [packed(stereo, 48_000), packed(word(), kind="FLAC"), packed(word(), kind="OGG")]
    for count, data in enumerate([*taken, packed(word(16_000), 16_000, "MP3")], 1):
        upload(page, "Upload a recording", ("a", data))
        page.wait_for_function(f"{HEARD}.length === {count}")
        assert page.evaluate(f"{HEARD}.at(-1).samples.length") == pytest.approx(4_000, abs=320)
    expect(page.locator(".message").first).to_be_hidden()

    # Another task of sound sees the same word with its own features.
    picture = page.get_by_role("img", name=PICTURE)
    before = picture.evaluate("canvas => canvas.toDataURL()")
    shown(page, {**page.evaluate("window.given"), "task": WHO})
    assert picture.evaluate("canvas => canvas.toDataURL()") != before
    page.wait_for_function("window.told.filter(one => one.result?.[0]?.logits).length > 1")

    page.locator("summary").click()
    page.get_by_role("button", name="Record the word").click()
    expect(page.get_by_text("Say “one”. 1 of 20 are recorded.")).to_be_visible()  # it ended after the word
    spoken = [(f"{digit}_{take}.wav", packed(word(hz=200 + 40 * digit))) for take in (1, 2) for digit in range(10)]
    upload(page, "Upload words", *spoken[1:], ("noise.wav", spoken[0][1]), ("0_2.wav", packed(np.zeros(9_000))))
    message = page.locator(".voice .message")
    expect(message).to_contain_text("noise.wav: Its name tells no digit")
    expect(message).to_contain_text("0_2.wav: a recording: expected a voice, got silence")
    page.get_by_role("button", name="Adapt to these 20 words").click()
    expect(page.get_by_role("button", name="The lab is learning …")).to_be_disabled()
    name, value = page.evaluate("[window.triggered.name, window.triggered.value]")
    values = [np.frombuffer(base64.b64decode(one["values"]), "<f4").reshape(13, 40) for one in value["words"]]
    digits, frames = (np.array([one[key] for one in value["words"]]) for key in ("digit", "frames"))
    words = checked_words(np.array(values), frames, digits)
    assert (name, words.labels_N.tolist()) == ("voice", [*range(10), *range(10)])
    assert words.frames_N[1:].tolist() == pytest.approx([21] * 19, abs=1)
    own = features(trimmed(word(hz=240).astype(np.float32)))["without_mean"][0]
    np.testing.assert_allclose(values[11], own, atol=0.02)  # an upload is read in steps of 16 bits


def test_a_word_is_heard_though_the_worker_ended_meanwhile(lab: Addresses, page: Page) -> None:
    opened(page, lab, dict([*exported(mfcc.INPUT, 3).items()][:1]), SOUND, DIGITS[:3])
    page.route("**/sound_features.onnx", lambda _route: None)
    with page.expect_request("**/sound_features.onnx"):
        upload(page, "Upload a recording", ("a.wav", packed(word())))
    page.unroute("**/sound_features.onnx")
    shown(page, {**page.evaluate("window.given"), "task": {**SOUND, "name": "t"}})
    page.get_by_role("img", name=PICTURE).wait_for()
    expect(page.locator(".message").first).to_be_hidden()


def test_every_keystroke_is_answered_and_what_decided_is_marked(lab: Addresses, page: Page) -> None:
    files = exported(INPUT, 3)
    opened(page, lab, files, {"name": "t", "kind": "text", "shape": [64], "dtype": "int64"}, ["a", "b", "c"])
    box, private = page.get_by_role("textbox", name="Text"), "What you write stays in this browser."
    texts = {
        "Änderungen speichern": private,
        "保存して一つ追加": private,
        "تغيير كلمة المرور": private,
        "😀😀😀": "There is no letter in this",
        "a sentence " * 100_000: "No more than 2,000 characters are taken, and the networks read the first 64 of them.",
    }
    for text, said in texts.items():
        box.fill("")
        box.focus()
        page.evaluate("text => document.execCommand('insertText', false, text)", text)  # as a keyboard or a paste does
        expect(page.locator(".reading")).to_contain_text(said)
        (wanted,) = tokens([text])
        same = f"{ASKED} && one.input.join() === '{','.join(map(str, wanted))}')"
        page.wait_for_function(f"{same} && document.querySelector('.decided:not([hidden])')")
        read = text if len(text) < 64 else text[:64]
        expect(page.locator(".marked").first).to_have_text(read)
        agree_on(page, files, wanted, same)


def agree_on(page: Page, files: Files, wanted: np.ndarray, question: str) -> None:
    """As ``agree``, of the answers to one question."""
    told = f"window.told.find(one => one.id === ({question}).id).result"
    for name, (kind, file) in files.items():
        logits = numbers(page, f"{told}.find(net => net.runId === '{name}').logits")
        assert within_tolerance([logits], run_onnx(file, wanted[None]), kind)[0], name
