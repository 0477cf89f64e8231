"""What the lab's server answers beside its pages: the engine, our scripts, models of known runs; and it takes
measurements and decodes recordings. No path from outside reaches the disk: names are looked up, and runs are asked of
the lab."""

import base64
from asyncio import Semaphore, timeout
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

import ui
from distill_core.browser_measurement import PRECISIONS, BrowserMeasurement
from distill_core.deployment.sound_features import feature_graph
from distill_core.errors import DistillError, InvalidSetting, Names, NotFound, StorageFailed, UnknownName, said
from distill_core.files import sha256_of
from distill_core.tasks.sound.recording import MOST_BYTES, read_recording
from ui.browser import addresses, classes, engine, scripts
from ui.browser.device import COOKIE, NUMBER, device_of
from ui.shell import trouble
from ui.text import language
from ui.text.language import N_

__all__ = ["routes"]

FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"cache-control": "no-cache"}
NEVER = {"cache-control": "no-store"}
LONGEST_BODY = 512 * 1024
# Measurements that wait for their turn, each with its body in memory, and for how long: a browser tells again.
MOST_WAITING, PATIENCE_SECONDS = 64, 10.0
# Recordings that come or wait, each with up to 20 MB in memory.
MOST_RECORDINGS = 8
# For a body to come, as long as the browser waits (js/report.js): who sends none takes no place of another for longer.
BODY_SECONDS = 20.0
KEEPING = N_("keeping a measurement")
Answer = Callable[[Request], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(base: str = "") -> list[Route]:
    """The routes of one server, below the path ``base`` (as "/lab")."""
    # Two threads at a time answer, however many ask: thirty that want Python's lock keep the pages from it. Those for
    # float16 and for shipped teachers are two of their own, since the first to ask waits until the file is made.
    turns = {"float16": Semaphore(2), "": Semaphore(2)}
    return [
        Route(base + addresses.ENGINE, _told(_engine, turns)),
        Route(base + addresses.SCRIPT, _told(_script, turns)),
        Route(base + addresses.MODEL, _told(_model, turns)),
        Route(base + addresses.SHIPPED, _told(_shipped, {"": turns["float16"]})),
        Route(base + addresses.REFERENCE, _told(_reference, turns)),
        Route(base + addresses.FEATURES, _told(_features, turns)),
        Route(base + addresses.RECORDINGS, _decoded(Semaphore(2)), methods=["POST"]),
        Route(base + addresses.CLASSES, _taken(Semaphore(1)), methods=["POST"]),
        Route(base + addresses.MEASUREMENTS, _kept(Semaphore(2)), methods=["POST"]),
    ]


def _told(answer: Answer, turns: Mapping[str, Semaphore]) -> Endpoint:
    """In its turn and in a thread, with errors as answers."""

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        async with turns.get(request.path_params.get("precision", ""), turns[""]):
            try:
                return await run_in_threadpool(answer, request)
            except Exception as error:
                return _refused(request, error)

    return endpoint


def _refused(request: Request, error: Exception) -> Response:
    with language.asked(request.headers.get("accept-language", "")):
        if not isinstance(error, DistillError):
            return JSONResponse({"error": trouble.unexpected(error)}, 500, headers=NEVER)
        status = 404 if isinstance(error, NotFound | UnknownName) else 422 if isinstance(error, InvalidSetting) else 503
        return JSONResponse({"error": trouble.foreseen(error)}, status, headers=NEVER)


def _engine(request: Request) -> Response:
    name = request.path_params["name"]
    if request.path_params["version"] != engine.version():
        raise NotFound("the browser's engine is another version here; load the page again")
    return FileResponse(engine.file(name), media_type=engine.FILES[name], headers=FOREVER)


def _script(request: Request) -> Response:
    digest = request.path_params["digest"]
    data = scripts.script(digest, request.path_params["name"])
    return Response(data, media_type="text/javascript", headers={**FOREVER, "etag": f'"{digest}"'})


def _model(request: Request) -> Response:
    devices, run_id = ui.lab().devices, request.path_params["run_id"]
    short = request.path_params["precision"] == addresses.TEN_BITS
    found = devices.ten_bits(run_id) if short else devices.model(run_id, _precision(request))
    # An address that names the content is of this content alone.
    kept = FOREVER if request.query_params.get("sha256") == found.sha256 else ASK_AGAIN
    headers = {**kept, "etag": f'"{found.sha256}"'}
    if _has(request, found.sha256):
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type="application/octet-stream", headers=headers)


def _reference(request: Request) -> Response:
    found = ui.lab().devices.reference(request.path_params["run_id"], _precision(request))
    headers = {**ASK_AGAIN, "etag": f'"reference-{found.sha256}"'}
    if _has(request, f"reference-{found.sha256}"):
        return Response(status_code=304, headers=headers)
    content = {
        "shape": list(found.examples.shape),
        "dtype": str(found.examples.dtype),
        "images": base64.b64encode(found.examples.astype("<f4").tobytes()).decode(),
        "classes": found.logits_BC.shape[1],
    }
    return JSONResponse(content, headers=headers)


def _features(request: Request) -> Response:
    return _file(request, feature_graph())


def _shipped(request: Request) -> Response:
    return _file(request, ui.lab().devices.shipped(request.path_params["name"]))


def _file(request: Request, data: bytes) -> Response:
    headers = {**ASK_AGAIN, "etag": f'"{sha256_of(data)}"'}
    if _has(request, sha256_of(data)):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/octet-stream", headers=headers)


def _receiving(take: Endpoint, most: int, doing: str) -> Endpoint:
    """Takes what browsers send, from so many at a time; others are asked to send it again. A body that is slow to come
    takes no turn."""
    room = Semaphore(most)

    async def endpoint(request: Request) -> Response:
        try:
            if room.locked():
                raise _busy(said("{count} that wait", most), doing)
            async with room:
                return await take(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it
        except Exception as error:
            return _refused(request, error)

    return endpoint


def _decoded(turn: Semaphore) -> Endpoint:
    """Answers the samples of a recording, float32, and keeps nothing."""
    doing = N_("taking a recording")

    async def take(request: Request) -> Response:
        body = await _in_time(request, N_("a recording"), MOST_BYTES)
        return await _in_turn(turn, doing, _samples, body)

    return _receiving(take, MOST_RECORDINGS, doing)


def _taken(turn: Semaphore) -> Endpoint:
    """Takes what was recorded of classes; what becomes of it, the page Data tells."""
    doing = N_("taking what was recorded")

    async def take(request: Request) -> Response:
        classes.check(request)
        body = await _in_time(request, classes.WHAT, classes.MOST_BYTES)
        return await _in_turn(turn, doing, _begun, request, body)

    return _receiving(take, MOST_RECORDINGS, doing)


def _begun(request: Request, body: bytes) -> Response:
    classes.taken(request, body)
    return JSONResponse({}, headers=NEVER)


def _kept(turn: Semaphore) -> Endpoint:
    """Takes measurements, a few at a time: sixty phones that tell at once take no thread from what else is asked."""

    async def take(request: Request) -> Response:
        body = await _in_time(request, N_("a measurement"), LONGEST_BODY)
        device = device_of(request.cookies) or device_of({COOKIE: request.headers.get(NUMBER, "")})
        if device is None:
            what, do = KEEPING, "allow cookies for this page, load it again and measure again"
            raise InvalidSetting(what, expected="to know the device", got="no cookie", hint=do)
        return await _in_turn(turn, KEEPING, _keep, body, device)

    return _receiving(take, MOST_WAITING, KEEPING)


async def _in_time(request: Request, what: str, most_bytes: int) -> bytes:
    try:
        async with timeout(BODY_SECONDS):
            return await _body(request, what, most_bytes)
    except TimeoutError:
        got = said("{what} that did not come within {seconds:g} s", what, BODY_SECONDS)
        raise _busy(got, said("taking {what}", what)) from None


async def _in_turn(turn: Semaphore, doing: str, work: Callable[..., Response], *given: Any) -> Response:
    try:
        async with timeout(PATIENCE_SECONDS):
            await turn.acquire()
    except TimeoutError:
        raise _busy(said("others that take longer than {seconds:g} s", PATIENCE_SECONDS), doing) from None
    try:
        return await run_in_threadpool(work, *given)
    finally:
        turn.release()


def _busy(got: str, doing: str) -> StorageFailed:
    return StorageFailed(doing, expected="a turn", got=got, hint="send it again in a moment")


def _samples(body: bytes) -> Response:
    samples = read_recording(body).astype("<f4")
    return Response(samples.tobytes(), media_type="application/octet-stream", headers=NEVER)


def _keep(body: bytes, device: str) -> Response:
    kept, new = ui.lab().devices.save_measurement(BrowserMeasurement.from_json(body), device_id=device)
    fields = ("p50_ms", "p90_ms", "p95_ms", "p99_ms", "mean_ms", "agrees", "largest_difference", "disturbed")
    return JSONResponse({**{name: getattr(kept, name) for name in fields}, "new": new}, headers=NEVER)


async def _body(request: Request, what: str, most_bytes: int) -> bytes:
    """Raises InvalidSetting for what another site's page sends, and for more than ``what`` can be."""
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    # A proxy may ask under another name, and says then under which it was asked itself. No page of another site can
    # send that header: a browser asks first whether it may.
    hosts = {host, request.headers.get("x-forwarded-host", host).partition(",")[0].strip()}
    if not host or not is_host_allowed(host) or _host_of(origin) not in hosts:
        wanted = said("one from a page of {host}", host)
        raise InvalidSetting(what, expected=wanted, got=origin, hint="send it from the lab's own page")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            wanted = said("at most {count} kB", most_bytes // 1024)
            raise InvalidSetting(what, expected=wanted, got="more", hint="send one at a time")
    return bytes(body)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # as of "http://["
        return ""


def _precision(request: Request) -> str:
    precision: str = request.path_params["precision"]
    if precision not in PRECISIONS:
        raise NotFound(said("no precision {precision!r}; known: {names}", precision, Names(PRECISIONS)))
    return precision


def _has(request: Request, tag: str) -> bool:
    """Whether the visitor's copy is this one; a proxy that compresses may have marked it as weak."""
    known = request.headers.get("if-none-match", "")
    return f'"{tag}"' in (part.strip().removeprefix("W/") for part in known.split(","))
