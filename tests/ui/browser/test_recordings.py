"""What the routes of sound answer: the graph of features, and the samples of a recording that is sent."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile
from starlette.applications import Starlette

from distill_core.deployment.sound_features import feature_graph
from tests.ui.browser.asgi import Answer, _ask, _scope, ask
from ui.browser import routes as module
from ui.browser.routes import routes

OWN_PAGE = {"origin": "http://lab.test"}
app = Starlette(routes=routes())


def wav(seconds: float, level: float = 0.5) -> bytes:
    buffer = io.BytesIO()
    samples = level * np.sin(np.arange(round(16_000 * seconds)))
    soundfile.write(buffer, np.stack([samples, samples], 1), 16_000, format="WAV")
    return buffer.getvalue()


def send(body: bytes, headers: dict[str, str] = OWN_PAGE) -> Answer:
    return ask(app, "/browser/recordings", method="POST", headers=headers, body=body)


def test_the_graph_is_sent_once() -> None:
    answer = ask(app, "/browser/sound_features.onnx")
    assert (answer.status, answer.body) == (200, feature_graph())
    again = ask(app, "/browser/sound_features.onnx", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_recording_comes_back_as_samples_at_8_khz() -> None:
    answer = send(wav(0.5))
    samples = np.frombuffer(answer.body, "<f4")
    assert (answer.status, len(samples)) == (200, 4_000)
    assert np.isfinite(samples).all()
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (wav(0.5, 0.0), "expected a voice, got silence"),
        (wav(0.05), "at least 0.1 s, got 0.05 s"),
        (wav(60), "at most 10 s, got 60 s"),
        (b"\0\0\0\x20ftypisom", "expected wav, flac, ogg or mp3"),
    ],
)
def test_what_is_no_word_is_refused_with_a_sentence(body: bytes, said: str) -> None:
    answer = send(body)
    assert (answer.status, said in answer.json()["error"]) == (422, True)


def test_no_other_site_may_send_one_and_no_larger_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = send(wav(0.5), {"origin": "http://elsewhere.test"})
    assert (elsewhere.status, "the lab's own page" in elsewhere.json()["error"]) == (422, True)
    monkeypatch.setattr(module, "MOST_BYTES", 2_048)
    large = send(wav(0.5))
    assert (large.status, "a recording: expected at most 2 kB" in large.json()["error"]) == (422, True)


def test_a_body_that_is_slow_takes_no_turn_and_no_more_come_than_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RECORDINGS", 3)
    statuses = list[int]()
    post = ("/browser/recordings", "POST", OWN_PAGE)

    async def slow() -> dict[str, object]:
        return await asyncio.Future()

    async def send_nothing(_message: dict[str, object]) -> None: ...

    async def tell() -> None:
        fresh = Starlette(routes=routes())
        waiting = [asyncio.create_task(fresh(_scope(*post), slow, send_nothing)) for _ in range(2)]
        await asyncio.sleep(0)
        statuses.append((await _ask(fresh, *post, wav(0.5))).status)
        waiting.append(asyncio.create_task(fresh(_scope(*post), slow, send_nothing)))
        await asyncio.sleep(0)
        statuses.append((await _ask(fresh, *post, wav(0.5))).status)
        for task in waiting:
            task.cancel()

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, tell()).result(60)
    assert statuses == [200, 503]
