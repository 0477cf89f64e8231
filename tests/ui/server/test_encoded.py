"""What browsers fetch once is compressed once, in a coding that they take, and is the same file then."""

import asyncio
import os
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from streamlit.file_util import get_static_dir
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from tests.ui.browser import asgi
from tests.ui.browser.asgi import Answer, ask
from ui.browser import engine, scripts
from ui.browser.routes import routes
from ui.server import encoded
from ui.server.encoded import Encoded, coding

BR, GZIP = {"accept-encoding": "gzip, deflate, br, zstd"}, {"accept-encoding": "gzip, deflate"}
TEXT = b"export const answer = 42\n" * 1000


class Counted:
    """A folder of files that counts how often one is read, and how often it is only asked about."""

    def __init__(self, folder: Path) -> None:
        self.app = Starlette(routes=[Mount("/static", StaticFiles(directory=folder))])
        self.methods: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.methods.append(scope["method"])
        await self.app(scope, receive, send)


@pytest.fixture
def files(tmp_path: Path) -> Counted:
    (tmp_path / "chunk.js").write_bytes(TEXT)
    (tmp_path / "small.js").write_bytes(TEXT[:100])
    (tmp_path / "font.woff2").write_bytes(TEXT)
    return Counted(tmp_path)


def unpacked(answer: Answer) -> bytes:
    unpack = {"br": brotli.decompress, "gzip": lambda data: zlib.decompress(data, 31)}
    return bytes(unpack[answer.headers["content-encoding"]](answer.body))


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.2 , gzip;q=0.1", "br"),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("deflate, zstd", None),
        ("br;q=high", None),
        ("", None),
    ],
)
def test_the_coding_is_the_one_that_the_visitor_likes_best(accepted: str, chosen: str | None) -> None:
    assert coding(accepted) == chosen


@pytest.mark.parametrize(("headers", "name"), [(BR, "br"), (GZIP, "gzip")])
def test_a_file_is_sent_smaller_and_is_the_same(files: Counted, headers: dict[str, str], name: str) -> None:
    answer = ask(Encoded(files), "/static/chunk.js", headers=headers)
    plain = ask(files, "/static/chunk.js")
    assert (answer.status, answer.headers["content-encoding"], unpacked(answer)) == (200, name, TEXT)
    assert int(answer.headers["content-length"]) == len(answer.body) < len(TEXT) / 10
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["etag"] == f"W/{plain.headers['etag']}"
    same = ("content-type", "last-modified")
    assert [answer.headers[one] for one in same] == [plain.headers[one] for one in same]


def test_it_is_compressed_once_for_thirty_that_come_at_once(files: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    known = encoded._compressed

    def counted(data: bytes, chosen: str, *, best: bool) -> bytes:
        made.append(f"{chosen}, {'best' if best else 'quick'}")
        return known(data, chosen, best=best)

    monkeypatch.setattr(encoded, "_compressed", counted)
    app = Encoded(files)

    async def thirty_and_again() -> list[Answer]:
        answers: list[Answer] = []
        for _ in range(3):
            answers += await asyncio.gather(*(asgi._ask(app, "/static/chunk.js", "GET", BR, b"") for _ in range(30)))
            await asyncio.gather(*app._made.values())
        return answers

    with ThreadPoolExecutor(1) as alone:
        answers = alone.submit(asyncio.run, thirty_and_again()).result()
    assert {unpacked(answer) for answer in answers} == {TEXT}
    assert (made, files.methods.count("GET")) == (["br, quick", "br, best"], 2)


def test_who_leaves_does_not_take_the_copy_along(files: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    app, left, known = Encoded(files), threading.Event(), encoded._compressed
    waiting: list[object] = []
    begun = app._begun
    monkeypatch.setattr(encoded, "_compressed", lambda *given, **how: left.wait(60) and known(*given, **how))
    monkeypatch.setattr(app, "_begun", lambda *given, **how: waiting.append(given) or begun(*given, **how))

    async def ask_beside(others: int) -> "asyncio.Task[Answer]":
        task = asyncio.create_task(asgi._ask(app, "/static/chunk.js", "GET", BR, b""))
        while len(waiting) == others:
            await asyncio.sleep(0)
        return task

    async def leave_and_come() -> Answer:
        first, second = await ask_beside(0), await ask_beside(1)
        first.cancel()
        left.set()
        return await second

    with ThreadPoolExecutor(1) as alone:
        assert unpacked(alone.submit(asyncio.run, leave_and_come()).result()) == TEXT
    assert files.methods.count("GET") == 1


def test_a_server_that_takes_paths_of_files_is_sent_the_file(files: Counted) -> None:
    sent: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = asgi._scope("/static/chunk.js", "GET", BR) | {"extensions": {"http.response.pathsend": {}}}
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, Encoded(files)(scope, receive, send)).result()
    assert brotli.decompress(b"".join(sent)) == TEXT


def test_a_head_says_what_a_get_brings(files: Counted) -> None:
    app = Encoded(files)
    got = ask(app, "/static/chunk.js", headers=BR)
    head = ask(app, "/static/chunk.js", headers=BR, method="HEAD")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


def test_what_the_browser_has_is_not_sent_again(files: Counted) -> None:
    app = Encoded(files)
    tag = ask(app, "/static/chunk.js", headers=BR).headers["etag"]
    again = ask(app, "/static/chunk.js", headers={**BR, "if-none-match": tag})
    assert (again.status, again.body, again.headers["vary"]) == (304, b"", "accept-encoding")


def test_a_part_is_one_of_the_file_as_it_is(files: Counted) -> None:
    answer = ask(Encoded(files), "/static/chunk.js", headers={**BR, "range": "bytes=7-11"})
    assert (answer.status, answer.body) == (206, TEXT[7:12])
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("name", ["small.js", "font.woff2"])
def test_what_would_not_be_smaller_passes(files: Counted, name: str) -> None:
    answer = ask(Encoded(files), f"/static/{name}", headers=BR)
    assert answer.body == ask(files, f"/static/{name}").body
    assert "content-encoding" not in answer.headers


def test_who_takes_no_coding_has_the_file_as_it_is(files: Counted) -> None:
    answer = ask(Encoded(files), "/static/chunk.js")
    assert (answer.status, answer.body, answer.headers["vary"]) == (200, TEXT, "accept-encoding")


def test_what_is_not_there_is_not_there(files: Counted) -> None:
    assert ask(Encoded(files), "/static/other.js", headers=BR).status == 404


def test_a_changed_file_is_compressed_anew(files: Counted, tmp_path: Path) -> None:
    app = Encoded(files)
    ask(app, "/static/chunk.js", headers=BR)
    (tmp_path / "chunk.js").write_bytes(TEXT * 2)
    os.utime(tmp_path / "chunk.js", (1, 1))
    assert unpacked(ask(app, "/static/chunk.js", headers=BR)) == TEXT * 2
    assert len(app.kept) == 1


def test_no_more_is_kept_than_there_is_room_for(files: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoded, "MOST_BYTES", 0)
    app = Encoded(files)
    answer = ask(app, "/static/chunk.js", headers=BR)
    assert (answer.body, app.kept) == (TEXT, {})


@pytest.mark.parametrize("base", ["", "/lab"])
def test_streamlits_own_files_keep_what_streamlit_says_of_them(base: str) -> None:
    app = Encoded(_streamlit(base), base=base)
    script = max(Path(get_static_dir(), "static", "js").glob("index.*.js"), key=lambda path: path.stat().st_size)
    answer = ask(app, f"{base}/static/js/{script.name}", headers=BR)
    assert unpacked(answer) == script.read_bytes()
    assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert ask(app, f"{base}/static/js/{script.name}", headers=BR).body == answer.body
    page = ask(app, f"{base}/", headers=BR)
    assert unpacked(page) == Path(get_static_dir(), "index.html").read_bytes()
    assert page.headers["cache-control"] == "no-cache"


def test_the_engine_and_our_scripts_are_smaller_on_the_way() -> None:
    app = Encoded(Starlette(routes=routes(), middleware=create_streamlit_middleware()))
    name = "ort.wasm.bundle.min.mjs"
    for path, data in [
        (f"/browser/onnxruntime-web/{engine.version()}/{name}", engine.file(name).read_bytes()),
        (f"/browser/lab/{scripts.digest()}/playground.js", scripts.script(scripts.digest(), "playground.js")),
    ]:
        for headers in (BR, GZIP):
            answer = ask(app, path, headers=headers)
            assert unpacked(answer) == data
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert ask(app, path).body == data


def _streamlit(base: str) -> Any:
    static = create_streamlit_static_assets_routes(base_url=base or None)
    return Starlette(routes=static, middleware=create_streamlit_middleware())


def test_the_best_copy_of_a_large_file_is_there_at_once_after_a_restart(
    files: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded, "LARGE_BYTES", len(TEXT))
    folder = tmp_path / "compressed"

    async def twice(app: Encoded) -> None:
        for _ in range(2):
            await asgi._ask(app, "/static/chunk.js", "GET", BR, b"")
            await asyncio.gather(*app._made.values())

    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, twice(Encoded(files, folder=folder))).result()
    (stored,) = folder.iterdir()
    best = stored.read_bytes()
    monkeypatch.setattr(encoded, "_compressed", lambda *given, **how: pytest.fail("it is there already"))
    assert ask(Encoded(files, folder=folder), "/static/chunk.js", headers=BR).body == best
    monkeypatch.undo()
    monkeypatch.setattr(encoded, "LARGE_BYTES", len(TEXT))
    stored.write_bytes(best[:9])
    assert unpacked(ask(Encoded(files, folder=folder), "/static/chunk.js", headers=BR)) == TEXT
