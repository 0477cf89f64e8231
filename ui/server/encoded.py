"""Files that a browser fetches once are sent compressed, and compressed once: Streamlit's scripts, the engine, our own.

Streamlit leaves its own files as they are, since the middleware that it uses would compress them for each visitor anew:
7.1 MB of a first visit are 2.2 MB with brotli. One copy a file and coding is kept in memory: a quick one for the first
visitor, who waits for it, and for all after the second the best one, which is made meanwhile.
"""

import asyncio
import posixpath
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CODINGS", "Encoded", "coding"]

# In the order of preference. Browsers take brotli over https and from this machine alone.
CODINGS = ("br", "gzip")
FOLDERS = ("/static/", "/browser/onnxruntime-web/", "/browser/lab/")
# Types that are not compressed already; woff2 and png are.
TYPES = ("text/", "application/javascript", "application/json", "application/wasm", "image/svg+xml")
LEAST_BYTES = 500
# Of brotli: from how many bytes on which quality is the best that is worth its time.
QUICK, QUALITIES = 5, ((1_000_000, 10), (0, 11))
# All of Streamlit's scripts and the engine, in both codings, are 35 MB; what comes then is sent as it is.
MOST_BYTES = 64_000_000
# Path, coding and tag of a file.
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    tag: str
    data: bytes
    best: bool


class Encoded:
    """Sends what lies below FOLDERS, and the page itself, in a coding that the visitor takes; all of it below the path
    ``base``.

    An answer without a tag, a part of a file, a type that is compressed already and any other answer than 200 pass as
    they are.
    """

    def __init__(self, app: ASGIApp, *, base: str = "") -> None:
        self.app = app
        self.folders = tuple(base + folder for folder in FOLDERS)
        self.pages = (base or "/", f"{base}/")
        self.kept: dict[tuple[str, str], _Copy] = {}
        self._made: dict[tuple[_Key, bool], asyncio.Task[bytes | None]] = {}
        # Two quick ones at a time, however many files a first visitor asks for: pages want the processor too.
        self._turns = {False: asyncio.Semaphore(2), True: asyncio.Semaphore(1)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._mine(scope):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = coding(headers.get("accept-encoding", ""))
        # As a visitor asks that takes no coding, so that nothing behind compresses as well.
        plain = _with(scope, lambda name: name != b"accept-encoding")
        if chosen is None or "range" in headers:
            await self.app(plain, receive, _varying(send))
            return
        start, _ = await _ask(self.app, {**plain, "method": "HEAD"})
        data = await self._data(plain, start, chosen) if _fit(start) else None
        if data is None:
            await self.app(plain, receive, _varying(send))
            return
        sent = _headers(start, chosen, len(data)).raw
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data})

    def _mine(self, scope: Scope) -> bool:
        path = scope["path"]
        return scope["method"] in ("GET", "HEAD") and (path in self.pages or path.startswith(self.folders))

    async def _data(self, scope: Scope, start: Message, chosen: str) -> bytes | None:
        """The copy of this file, made by the first that asks while the others wait; None: send it as it is."""
        path, tag = posixpath.normpath(scope["path"]), Headers(raw=start["headers"])["etag"]
        copy, key = self.kept.get((path, chosen)), (path, chosen, tag)
        if copy is None or copy.tag != tag:
            # A visitor who leaves does not take the copy along that others wait for.
            return await asyncio.shield(self._begun(scope, key, best=False))
        if not copy.best:
            self._begun(scope, key, best=True)
        return copy.data

    def _begun(self, scope: Scope, key: _Key, *, best: bool) -> "asyncio.Task[bytes | None]":
        if (key, best) not in self._made:
            self._made[key, best] = asyncio.create_task(self._make(scope, key, best=best))
            self._made[key, best].add_done_callback(lambda _: self._made.pop((key, best)))
        return self._made[key, best]

    async def _make(self, scope: Scope, key: _Key, *, best: bool) -> bytes | None:
        path, chosen, tag = key
        async with self._turns[best]:
            others = sum(len(copy.data) for place, copy in self.kept.items() if place != (path, chosen))
            if others >= MOST_BYTES:
                return None
            start, whole = await _ask(self.app, {**scope, "method": "GET"})
            if not _fit(start) or Headers(raw=start["headers"])["etag"] != tag:
                return None
            data = await run_in_threadpool(_compressed, whole, chosen, best=best)
            self.kept[path, chosen] = _Copy(tag, data, best)
            return data


def coding(accepted: str) -> str | None:
    """The coding of CODINGS that the header ``Accept-Encoding`` likes best; None where it takes none of them."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    likes = {name: weights.get(name, weights.get("*", 0.0)) for name in CODINGS}
    best = max(CODINGS, key=lambda name: likes[name])
    return best if likes[best] > 0 and likes[best] >= weights.get("identity", 0.0) else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _compressed(data: bytes, chosen: str, *, best: bool) -> bytes:
    """Without Python's lock. Plotly's 4.7 MB become 1.24 MB in 0.1 s, and in 4 s the best, 1.08 MB; the engine's 14 MB
    2.9 MB in 0.3 s and 2.4 MB in 12 s. All other files of a first visit take 2 s for the best."""
    if chosen == "br":
        import brotli

        quality = next(level for least, level in QUALITIES if len(data) >= least) if best else QUICK
        return bytes(brotli.compress(data, quality=quality, lgwin=24))
    return zlib.compress(data, 9 if best else 6, wbits=31)


def _fit(start: Message) -> bool:
    headers = Headers(raw=start.get("headers", []))
    kind, length = headers.get("content-type", ""), headers.get("content-length", "0")
    known = "etag" in headers and "content-encoding" not in headers
    return start["status"] == 200 and known and kind.startswith(TYPES) and int(length) >= LEAST_BYTES


def _headers(start: Message, chosen: str, length: int) -> MutableHeaders:
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-encoding"] = chosen
    headers["content-length"] = str(length)
    # The tag belongs to the file as it is, of which this is an equal; and no part of this can be asked for.
    headers["etag"] = f"W/{headers['etag'].removeprefix('W/')}"
    headers["accept-ranges"] = "none"
    headers.add_vary_header("accept-encoding")
    return headers


def _varying(send: Send) -> Send:
    async def send_varying(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers.add_vary_header("accept-encoding")
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_varying


def _with(scope: Scope, stays: Callable[[bytes], bool]) -> Scope:
    return {**scope, "headers": [pair for pair in scope["headers"] if stays(pair[0].lower())]}


async def _ask(app: ASGIApp, scope: Scope) -> tuple[Message, bytes]:
    """The start of an answer, and its whole body."""
    starts: list[Message] = []
    parts: list[bytes] = []
    asked = asyncio.Event()

    async def receive() -> Message:
        if not asked.is_set():
            asked.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.Future()  # no visitor goes away from this request

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            starts.append(message)
        else:
            parts.append(message.get("body", b""))

    # The body itself, where a server would take a file's path in its place.
    await app({**scope, "extensions": {}}, receive, send)
    return starts[0], b"".join(parts)
