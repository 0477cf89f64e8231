"""The lab's doors as a stranger tries them, on a real server: no path and no traceback comes out, none but the lab's
own pages may ask, each answer is guarded, and files come compressed."""

import http.client
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import AS_IT_IS, OTHER_NAME, free_port, served, waited_for

pytestmark = pytest.mark.browser
MOST = 3
STREAM = "/_stcore/stream"
LEAKS = re.compile(rb"Traceback|site-packages|\.py\b|/work/|/home/|/tmp/|/root/|/usr/")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A lab that takes three visitors, and its log."""
    home = tmp_path_factory.mktemp("doors")
    with served(home, script=AS_IT_IS, DISTILL_MOST_VISITORS=str(MOST), DISTILL_HOSTS=OTHER_NAME) as address:
        yield address, home / "server.log"


def asked(address: str, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """The answer, whatever its status; names of headers with ``_``."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=b"{}" if method == "POST" else None, headers=told)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def visitor(address: str, name: str = "127.0.0.1", origin: str | None = None) -> ClientConnection:
    """One who believes to be at ``name``, on a page of the lab unless ``origin`` is another one."""
    port = urlsplit(address).port
    there = socket.create_connection(("127.0.0.1", port), timeout=30)
    return connect(
        f"ws://{name}:{port}{STREAM}", sock=there, origin=origin or f"http://{name}:{port}", subprotocols=["streamlit"]
    )


def closed_with(stranger: ClientConnection) -> int | None:
    """The code with which the server ends the connection."""
    with suppress(ConnectionClosed):
        while True:
            stranger.recv(timeout=30)
    return stranger.close_code


def one_more(address: str) -> ClientConnection:
    """One who comes in as soon as the server has heard that another one left."""
    until = time.monotonic() + 30
    while True:
        try:
            return visitor(address).__enter__()
        except InvalidStatus:
            assert time.monotonic() < until, "nobody comes in any more"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/benchmark", "/nothing/here", "/favicon.png", "/_stcore/health", "/static/js/nothing.js"),
        *("/_stcore/host-config", "/_stcore/upload_file/x/y", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp"),
        *("/media/nothing.png", "/component/nothing/index.html", "/_stcore/bidi-components/nothing/x.js"),
        *("/browser/models/ffffffffffffffff/float32.onnx", "/browser/lab/0/x.js", "/browser/measurements"),
        *("/..%2f..%2fetc%2fpasswd", "//example.com", "/static/%00", f"/static/{'x' * 5000}", "/app/static/x"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_answer_is_guarded_and_tells_no_path(doors: tuple[str, Path], path: str, method: str) -> None:
    status, headers, body = asked(doors[0], path, method=method)
    assert not LEAKS.search(body.replace(b"index.", b"")), body[:500]
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert status < 500


def test_a_rebound_name_gets_nothing(doors: tuple[str, Path]) -> None:
    address, _ = doors
    port = urlsplit(address).port
    for method, path in (("GET", "/"), ("POST", "/browser/measurements"), ("GET", "/_stcore/health")):
        host = f"attacker.example:{port}"
        status, _, body = asked(address, path, method=method, Host=host, Origin=f"http://{host}")
        assert (status, b"attacker.example" in body) == (403, True)
    with pytest.raises(InvalidStatus, match="403"):
        visitor(address, "attacker.example").__enter__()
    assert asked(address, "/_stcore/health", Host=f"{OTHER_NAME}:{port}")[0] == 200


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://[", "http://192.0.2.7:8501"])
def test_a_page_of_another_site_opens_no_session_and_asks_nothing_of_the_internet(
    doors: tuple[str, Path], origin: str
) -> None:
    address, log = doors
    with pytest.raises(InvalidStatus, match="403"):
        visitor(address, origin=origin).__enter__()
    assert "external IP" not in log.read_text()


@pytest.mark.parametrize(("frame", "code"), [("hello", 1003), ("", 1003), (b"\xff\xff", 1002)])
def test_what_is_no_message_ends_its_connection_and_leaves_no_traceback(
    doors: tuple[str, Path], frame: str | bytes, code: int
) -> None:
    address, log = doors
    with visitor(address) as stranger:
        stranger.send(frame)
        assert closed_with(stranger) == code
    assert "Traceback" not in log.read_text()


def test_a_visitor_too_many_reads_so_and_comes_in_when_another_one_left(doors: tuple[str, Path]) -> None:
    address, log = doors
    inside = [visitor(address).__enter__() for _ in range(MOST)]
    status, _, body = asked(address, "/", accept="text/html")
    assert (status, f"has {MOST} pages open" in body.decode()) == (503, True)
    for _ in range(50):
        with pytest.raises(InvalidStatus, match="403"):
            visitor(address).__enter__()
    assert log.read_text().count("refused a visitor") <= 10
    inside.pop().close()
    first = BackMsg()
    first.rerun_script.query_string = ""
    inside.append(one_more(address))
    inside[-1].send(first.SerializeToString())
    assert inside[-1].recv(timeout=30)
    for one in inside:
        one.close()


def test_files_come_compressed_for_those_that_take_it(doors: tuple[str, Path]) -> None:
    address, _ = doors
    page = brotli.decompress(asked(address, "/", accept_encoding="gzip, br")[2]).decode()
    script = re.search(r'src="\.(/static/js/index\.[^"]+)"', page)
    assert script is not None
    _, _, plain = asked(address, script[1])
    status, headers, body = asked(address, script[1], accept_encoding="gzip, br")
    assert (status, headers["content-encoding"], brotli.decompress(body)) == (200, "br", plain)
    assert len(body) < 0.3 * len(plain)


def test_more_connections_than_files_fill_no_log_and_end(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    port, log = free_port(), tmp_path / "server.log"
    start = f"ulimit -n 300; exec '{sys.executable}' -m streamlit run app.py --server.port {port}"
    with waited_for(["bash", "-c", start], port, log, health="_stcore/health", DISTILL_HOME=str(tmp_path)) as address:
        waiting = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(600)]
        waiting[0].sendall(b"GET /_stcore/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert waiting[0].recv(12) == b"HTTP/1.1 200"
        for one in waiting:
            one.close()
        assert asked(address, "/_stcore/health")[0] == 200
    assert log.stat().st_size < 50_000
