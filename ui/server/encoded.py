"""Files that a browser fetches once are sent compressed, and compressed once: Streamlit's scripts, the engine, our own.

Streamlit leaves its own files as they are, since the middleware that it uses would compress them for each visitor anew:
7.1 MB of a first visit are 2.2 MB with brotli. One copy a file and coding is kept in memory: a quick one for the first
visitor, who waits for it, and for all after the second the best one, which is made meanwhile. That of a large file is
kept in a folder as well, so that a server which starts again has it at once.
"""

import asyncio
import posixpath
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from distill_core.files import atomic_write, sha256_of

__all__ = ["CODINGS", "Encoded", "coding"]

# In the order of preference. Browsers take brotli over https and from this machine alone.
CODINGS = ("br", "gzip")
FOLDERS = ("/static/", "/browser/onnxruntime-web/", "/browser/lab/", "/browser/models/")
# Types that are not compressed already; woff2 and png are. A tenth of a network's weights is saved.
TYPES = (
    *("text/", "application/javascript", "application/json", "application/wasm", "application/octet-stream"),
    "image/svg+xml",
)
LEAST_BYTES = 500
# Of brotli.
QUICK, BEST = 5, 11
# From how many bytes on the best copy is kept in the folder, and how many of them.
LARGE_BYTES, MOST_STORED = 1_000_000, 12
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
    ``base``. ``folder``: where the best copies of large files stay.

    An answer without a tag, a part of a file, a type that is compressed already and any other answer than 200 pass as
    they are.
    """

    def __init__(self, app: ASGIApp, *, base: str = "", folder: Path | None = None) -> None:
        self.app = app
        self.folder = folder
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
            stored = await run_in_threadpool(self._stored, whole, chosen)
            data = stored or await run_in_threadpool(_compressed, whole, chosen, best=best)
            self.kept[path, chosen] = _Copy(tag, data, best or stored is not None)
            if best and not stored:
                await run_in_threadpool(self._store, whole, chosen, data)
            return data

    def _place(self, whole: bytes, chosen: str) -> Path | None:
        large = self.folder is not None and len(whole) >= LARGE_BYTES
        return self.folder / f"{sha256_of(whole)}.{chosen}" if large and self.folder else None

    def _stored(self, whole: bytes, chosen: str) -> bytes | None:
        """The best copy that was made before; None where there is none that is whole."""
        place = self._place(whole, chosen)
        with suppress(OSError, ValueError):
            if place and _plain(data := place.read_bytes(), chosen) == whole:
                return data
        return None

    def _store(self, whole: bytes, chosen: str, data: bytes) -> None:
        place = self._place(whole, chosen)
        with suppress(OSError):  # as on a full disk: then it is made again
            if place:
                place.parent.mkdir(parents=True, exist_ok=True)
                atomic_write(place, data)
                for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MOST_STORED]:
                    old.unlink()


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
    """Without Python's lock. Plotly's 4.7 MB become 1.24 MB in 0.1 s, and in 5 s the best, 1.07 MB; the engine's 14 MB
    2.7 MB in 0.3 s and 2.3 MB in 27 s. All other files of a first visit take 2 s for the best."""
    if chosen == "br":
        import brotli

        return bytes(brotli.compress(data, quality=BEST if best else QUICK, lgwin=24))
    return zlib.compress(data, 9 if best else 6, wbits=31)


def _plain(data: bytes, chosen: str) -> bytes:
    """What was compressed. Raises ValueError where it is no such file."""
    try:
        if chosen == "br":
            import brotli

            return bytes(brotli.decompress(data))
        return zlib.decompress(data, wbits=31)
    except Exception as error:  # each module has one of its own
        raise ValueError(str(error)) from error


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
