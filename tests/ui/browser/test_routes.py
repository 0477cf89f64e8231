"""What the routes answer: models of known runs and nothing else, copies that need not be sent again, measurements."""

import asyncio
import base64
import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit import config

from distill_core.browser_measurement import REFERENCE_IMAGES
from distill_core.deployment.ten_bits import with_ten_bits
from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.files import sha256_of
from distill_core.lab import Lab
from distill_core.lab.devices import Devices
from tests.told import right_payload
from tests.ui.browser.asgi import Answer, _ask, _scope, ask
from ui.browser import engine, scripts
from ui.browser import routes as module
from ui.browser.device import COOKIE, NUMBER, Recognised, device_of
from ui.browser.routes import routes
from ui.server.failures import Failures
from ui.server.frames import policy
from ui.server.headers import Guarded

DEVICE = "0123456789abcdef0123456789abcdef"
OWN_PAGE = {"origin": "http://lab.test", "cookie": f"{COOKIE}={DEVICE}"}
app = Starlette(routes=routes())
# Before the lab opens that home.
pytestmark = pytest.mark.usefixtures("trained")


@pytest.fixture
def run_id(lab: Lab) -> str:
    rows = lab.reports.results()
    return str(rows[rows["role"] == "student"]["run_id"].iloc[0])


def send(values: object, headers: dict[str, str] = OWN_PAGE) -> Answer:
    return ask(app, "/browser/measurements", method="POST", headers=headers, body=json.dumps(values).encode())


def test_measurements_that_wait_too_long_or_are_too_many_are_refused_at_once(
    lab: Lab, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while another program holds the database: what waits holds neither threads nor, for ever, its browser."""
    goes_on, values = threading.Event(), right_payload(lab, run_id)
    keep = module._keep

    def held(body: bytes, device: str) -> Response:
        assert goes_on.wait(60)
        return keep(body, device)

    async def tell(count: int, waiting: int) -> list[int]:
        monkeypatch.setattr(module, "MOST_WAITING", waiting)
        fresh, statuses = Starlette(routes=routes()), list[int]()
        post = ("/browser/measurements", "POST", OWN_PAGE, json.dumps(values).encode())
        for done in asyncio.as_completed([asyncio.create_task(_ask(fresh, *post)) for _ in range(count)]):
            statuses.append((await done).status)
            if len(statuses) == count - min(2, waiting):
                goes_on.set()
        return statuses

    monkeypatch.setattr(module, "_keep", held)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    for waiting, wanted in ((64, [503, 503, 503, 200, 200]), (1, [503, 503, 503, 503, 200])):
        goes_on.clear()
        with ThreadPoolExecutor(1) as alone:
            assert alone.submit(asyncio.run, tell(5, waiting)).result() == wanted


def test_a_model_is_the_stored_file_with_a_tag_of_its_content(lab: Lab, run_id: str) -> None:
    answer = ask(app, f"/browser/models/{run_id}/float32.onnx")
    stored = lab.reports.artifact(run_id, "onnx").read_bytes()
    assert (answer.status, answer.body) == (200, stored)
    assert answer.headers["etag"] == f'"{sha256_of(stored)}"'
    assert answer.headers["cache-control"] == "no-cache"
    for tag, kept in ((sha256_of(stored), "public, max-age=31536000, immutable"), ("0" * 64, "no-cache")):
        named = ask(app, f"/browser/models/{run_id}/float32.onnx?sha256={tag}")
        assert (named.body, named.headers["cache-control"]) == (stored, kept)


@pytest.mark.parametrize("weak", ["", "W/"])
def test_a_model_that_is_there_already_is_not_sent_again(run_id: str, weak: str) -> None:
    path = f"/browser/models/{run_id}/float32.onnx"
    tag = ask(app, path).headers["etag"]
    again = ask(app, path, headers={"if-none-match": f'"other", {weak}{tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(app, path, headers={"if-none-match": '"other"'}).status == 200


def test_weights_of_10_bits_are_for_good_where_the_address_names_the_runs_own_file(lab: Lab, run_id: str) -> None:
    stored = lab.reports.artifact(run_id, "onnx").read_bytes()
    answer = ask(app, f"/browser/models/{run_id}/ten_bits.onnx?sha256={sha256_of(stored)}")
    assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert answer.body == with_ten_bits(stored) != stored


def test_half_the_precision_is_another_file(run_id: str) -> None:
    full, half = (ask(app, f"/browser/models/{run_id}/{name}.onnx") for name in ("float32", "float16"))
    assert half.status == 200
    assert len(half.body) < 0.8 * len(full.body)
    assert half.headers["etag"] != full.headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/browser/models/ffffffffffffffff/float32.onnx",
        "/browser/models/../float32.onnx",
        "/browser/models/..%2f..%2fapp.py/float32.onnx",
        "/browser/models/ /float32.onnx",
        "/browser/models/{run_id}/int4.onnx",
        "/browser/models/{run_id}/../weights.safetensors",
        "/browser/models/{run_id}/weights.safetensors",
        "/browser/reference/ffffffffffffffff/float32",
        "/browser/onnxruntime-web/{version}/package.json",
        "/browser/onnxruntime-web/0.0.1/ort.wasm.bundle.min.mjs",
        "/browser/lab/0000000000000000/playground.js",
        "/browser/lab/{digest}/../routes.py",
    ],
)
def test_nothing_else_is_served(path: str, run_id: str) -> None:
    known = {"run_id": run_id, "version": engine.version(), "digest": scripts.digest()}
    answer = ask(app, path.format(**known))
    assert answer.status == 404
    assert len(answer.body) < 200


@pytest.mark.parametrize(
    ("raised", "status"),
    [(RuntimeError("/srv/secret/x broke"), 500), (CorruptFile("reading x: came '/srv/secret/x'"), 503)],
)
def test_what_fails_is_answered_with_a_sentence_and_no_path(
    lab: Lab,
    run_id: str,
    raised: Exception,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    unforeseen: list[Exception],
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise raised

    payload = right_payload(lab, run_id)
    monkeypatch.setattr(Devices, "model", fail)
    monkeypatch.setattr(Devices, "save_measurement", fail)
    for answer in (ask(app, f"/browser/models/{run_id}/float32.onnx"), send(payload)):
        assert (answer.status, b"secret" in answer.body) == (status, False)
        assert len(answer.json()["error"]) > 10
    unforeseen.clear()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_file_that_is_gone_or_damaged_is_told_without_its_place(
    lab: Lab, run_id: str, damage: Callable[[Path], object], home: Path
) -> None:
    for path in home.rglob("*"):
        if path.is_file() and "sqlite" not in path.name:
            damage(path)
    for path in (f"/browser/models/{run_id}/float32.onnx", f"/browser/models/{run_id}/float16.onnx"):
        answer = ask(app, path)
        assert answer.status in (404, 503)
        assert len(answer.json()["error"]) > 10
        assert not re.search(r"Traceback|\.py\b|/tmp/|site-packages", answer.json()["error"])


def test_a_run_that_was_deleted_meanwhile_is_said(lab: Lab, run_id: str) -> None:
    lab.delete(lab.jobs()[0].id)
    answer = ask(app, f"/browser/models/{run_id}/float32.onnx")
    assert answer.status == 404
    assert "deleted" in answer.json()["error"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_engine_and_our_scripts_are_kept_for_a_year(run_id: str) -> None:
    for path, kind in [
        (f"/browser/onnxruntime-web/{engine.version()}/ort-wasm-simd-threaded.wasm", "application/wasm"),
        (f"/browser/onnxruntime-web/{engine.version()}/ort.wasm.bundle.min.mjs", "text/javascript; charset=utf-8"),
        (f"/browser/lab/{scripts.digest()}/playground.js", "text/javascript; charset=utf-8"),
    ]:
        answer = ask(app, path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_reference_holds_the_first_test_images_as_the_network_takes_them(lab: Lab, run_id: str) -> None:
    answer = ask(app, f"/browser/reference/{run_id}/float32").json()
    images = np.frombuffer(base64.b64decode(answer["images"]), "<f4").reshape(answer["shape"])
    assert answer["shape"] == [REFERENCE_IMAGES, 1, 8, 8]
    assert answer["classes"] == 10
    assert np.array_equal(images, lab.devices.reference(run_id, "float32").examples)


def test_a_measurement_is_kept_and_judged_by_the_server(lab: Lab, run_id: str) -> None:
    answer = send(right_payload(lab, run_id))
    assert answer.status == 200
    said = answer.json()
    assert (said["p50_ms"], said["p90_ms"], said["p95_ms"], said["p99_ms"]) == (50, 90, 95, 99)
    assert (said["agrees"], said["largest_difference"], said["new"]) == (True, 0, True)
    assert said["disturbed"] == ""


def test_the_same_measurement_told_twice_is_kept_once(lab: Lab, run_id: str) -> None:
    values = right_payload(lab, run_id)
    before = len(lab.devices.measurements())
    first, second = send(values).json(), send(values).json()
    assert (first["new"], second["new"]) == (True, False)
    assert len(lab.devices.measurements()) == before + 1


def test_other_answers_are_told_to_be_wrong(lab: Lab, run_id: str) -> None:
    logits = lab.devices.reference(run_id, "float32").logits_BC
    assert send(right_payload(lab, run_id, logits=(logits + 1).tolist())).json()["agrees"] is False
    missing = [[None] * logits.shape[1]] * len(logits)
    assert send(right_payload(lab, run_id, logits=missing)).json()["agrees"] is False


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"run_id": "f" * 16}, 404, "deleted"),
        ({"run_id": "../../app.py"}, 422, "run_id"),
        ({"samples_ms": []}, 422, "samples_ms"),
        ({"samples_ms": [-1.0]}, 422, "samples_ms"),
        ({"threads": 0}, 422, "threads"),
        ({"backend": "abacus"}, 422, "backend"),
        ({"label": "<script>"}, 422, "label"),
        ({"uid": "x"}, 422, "uid"),
    ],
)
def test_what_cannot_be_a_measurement_is_refused(
    lab: Lab, run_id: str, changes: dict[str, Any], status: int, said: str
) -> None:
    before = len(lab.devices.measurements())
    answer = send(right_payload(lab, run_id, **changes))
    assert (answer.status, said in answer.json()["error"]) == (status, True)
    assert len(lab.devices.measurements()) == before


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({**OWN_PAGE, "origin": "http://elsewhere.test"}, "the lab's own page"),
        ({**OWN_PAGE, "origin": "http://["}, "the lab's own page"),
        ({"cookie": OWN_PAGE["cookie"]}, "the lab's own page"),
        ({"origin": OWN_PAGE["origin"]}, "allow cookies"),
        ({"origin": OWN_PAGE["origin"], "cookie": f"{COOKIE}=../x"}, "allow cookies"),
        ({"origin": OWN_PAGE["origin"], NUMBER: "../x"}, "allow cookies"),
    ],
)
def test_only_a_page_of_this_lab_with_a_device_may_tell(
    lab: Lab, run_id: str, headers: dict[str, str], said: str
) -> None:
    answer = send(right_payload(lab, run_id), headers)
    assert (answer.status, said in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://lab.test", NUMBER: DEVICE},
        {**OWN_PAGE, "origin": "https://lab.school.example", "x-forwarded-host": "lab.school.example"},
    ],
)
def test_a_page_without_cookies_and_one_behind_a_proxy_may_tell(lab: Lab, run_id: str, headers: dict[str, str]) -> None:
    assert send(right_payload(lab, run_id), headers).status == 200
    assert device_of({COOKIE: DEVICE}) in set(lab.devices.table()["device_id"])


def test_a_lab_that_was_told_its_hosts_believes_no_other(
    lab: Lab, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = right_payload(lab, run_id)
    monkeypatch.setattr(config, "get_option", {"server.allowedHosts": ["desk.test"]}.get)
    answer = send(payload)
    assert (answer.status, "the lab's own page" in answer.json()["error"]) == (422, True)


def test_under_a_path_the_routes_are_there_and_nowhere_else(run_id: str) -> None:
    below = Starlette(routes=routes("/lab"))
    path = f"/browser/models/{run_id}/float32.onnx"
    assert (ask(below, f"/lab{path}").status, ask(below, path).status) == (200, 404)


def test_no_body_is_read_to_its_end_that_is_too_large() -> None:
    headers = {"origin": "http://lab.test", "cookie": OWN_PAGE["cookie"]}
    answer = ask(app, "/browser/measurements", method="POST", headers=headers, body=b" " * 600_000)
    assert (answer.status, "at most 512 kB" in answer.json()["error"]) == (422, True)


def test_who_sends_no_body_keeps_no_place_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BODY_SECONDS", 0.0)
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    fresh, statuses = Starlette(routes=routes()), list[int]()

    async def never() -> dict[str, object]:
        return await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status", 0))

    async def twice() -> None:
        for _ in range(2):
            await fresh(_scope("/browser/measurements", "POST", OWN_PAGE), never, send)

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, twice()).result(30)
    assert statuses == [503, 0, 503, 0]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"uid": NaN}', b"\xff"])
def test_no_json_is_said_to_be_none(body: bytes) -> None:
    assert ask(app, "/browser/measurements", method="POST", headers=OWN_PAGE, body=body).status == 422


def recognised(response: type, **headers: str) -> Answer:
    return ask(Recognised(response("hello")), "/", headers=headers)


def test_a_new_visitor_is_given_a_number_that_scripts_cannot_read() -> None:
    cookie = recognised(HTMLResponse).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert cookie.endswith("; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
    assert recognised(HTMLResponse).headers["set-cookie"] != cookie


def test_a_lab_under_a_path_keeps_its_cookie_there() -> None:
    cookie = ask(Recognised(HTMLResponse("hello"), base="/lab"), "/lab/").headers["set-cookie"]
    assert "; Path=/lab; " in cookie


def test_other_sites_frame_the_lab_where_its_owner_says_so() -> None:
    for named, sources in [
        ("", "'self'"),
        ("https://a.example  http://*.b.example:*", "'self' https://a.example http://*.b.example:*"),
    ]:
        answer = ask(Guarded(HTMLResponse("hello"), policy(named)), "/")
        assert answer.headers["content-security-policy"] == f"frame-ancestors {sources}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_a_route_that_fails_answers_with_a_sentence_and_is_guarded(unforeseen: list[Exception]) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("/srv/secret/x broke")

    answer = ask(Guarded(Failures(broken), policy("")), "/static/js/index.js")
    assert (answer.status, b"secret" in answer.body, b"reference" in answer.body) == (500, False, True)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    unforeseen.clear()


@pytest.mark.parametrize(
    "named", ["*", "course.example", "https://a.example; script-src *", "https://a\r\nx: y", "'none'"]
)
def test_what_is_no_site_may_not_frame_it(named: str) -> None:
    with pytest.raises(InvalidSetting, match="DISTILL_FRAME_ANCESTORS"):
        policy(named)


def test_a_known_visitor_keeps_its_number_and_files_give_none() -> None:
    assert "set-cookie" not in recognised(HTMLResponse, cookie=f"{COOKIE}={DEVICE}").headers
    assert "set-cookie" not in recognised(PlainTextResponse).headers
    assert "set-cookie" in recognised(HTMLResponse, cookie=f"{COOKIE}=nonsense").headers


def test_a_browser_that_has_the_page_but_no_number_is_given_one() -> None:
    unchanged = Recognised(Response(status_code=304))
    assert "set-cookie" in ask(unchanged, "/", headers={"accept": "text/html,*/*;q=0.8"}).headers
    assert "set-cookie" not in ask(unchanged, "/", headers={"accept": "*/*"}).headers


def test_a_shipped_teacher_is_a_file_and_no_other_name_is(lab: Lab) -> None:
    answer = ask(app, "/browser/shipped/speakers_cnn.onnx")
    assert (answer.status, answer.body) == (200, lab.devices.shipped("speakers_cnn"))
    assert ask(app, "/browser/shipped/nobody.onnx").status == 404
