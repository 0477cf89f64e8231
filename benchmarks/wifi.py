"""How long a phone on a poor Wi-Fi waits for a page, and what it fetches: at its first visit and at its second.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/wifi.py [--pages home playground] [--home FOLDER] [--root CHECKOUT] [--plain] [--json]

A real Chromium, throttled by its own means to 1.6 Mbit/s with 150 ms latency, opens a page of a server of its own. A
relay between the two counts every request, those of Workers too, and every byte, those of the WebSocket and all headers
included; what Streamlit's own page asks for is counted apart. CHROMIUM names the browser,
else the one on PATH is taken. --home is copied and served; without it the lab is empty. --root serves another checkout
of the lab. A first visit begins with an empty cache, the second one opens the page in a new tab; two visitors on the
server's own machine came before, as in a workshop. --plain: by another name than this machine's own, as a phone comes
over plain http, whose browser then takes gzip and no brotli. --rounds: so many visits, whose medians are told. Time is
from the address to the page's heading, and to the last moment at which more than a page's own ticks came. Ends with 1
where the first visit of Home is over the limits, with 2 where no browser starts.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, count, reporting
from benchmarks.needs import browser as no_browser
from benchmarks.needs import chromium as chromium_options

LIMIT_BYTES, LIMIT_SECONDS = 2_300_000, 7.0
BYTES_A_SECOND, LATENCY_MS = 1_600_000 / 8, 150
PHONE = {"width": 420, "height": 900}
PATHS = {"home": ""}
# How another machine calls this one.
OTHER_NAME = "lab.test"
# Less than this in so long: the page is whole.
QUIET_BYTES, QUIET_SECONDS = 8_000, 3.0
REQUEST = re.compile(rb"(?:GET|HEAD|POST) (\S+) HTTP/1\.1\r\n")
# The page itself, Streamlit's files, and what those ask for.
STREAMLIT = re.compile(r"/[\w-]*(?:\?.*)?$|.*/_stcore/|/static/|/favicon\.")
# What the relay may hold back for a browser that reads slowly.
RELAY_BYTES = 65_536
WAIT_MS = 120_000


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        if not report.can("wifi", no_browser()):
            return 2
        rows: list[dict[str, Any]] = []
        report.figures["rows"] = rows
        with _relayed(settings.root, settings.home, OTHER_NAME if settings.plain else "127.0.0.1") as (address, relay):
            for page in settings.pages:
                for row in _visits(address, relay, page, settings.rounds):
                    rows.append(row)
                    report.tell(_line(row))
        return 0 if all(_within(row) for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", default=["home", "playground"], help="pages by their address")
    parser.add_argument("--home", type=Path, help="a lab's data, which is copied; an empty one without")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout that is served")
    parser.add_argument("--rounds", type=count, default=1, help="visits of each page; medians are told")
    parser.add_argument("--plain", action="store_true", help="over plain http from another machine: no brotli")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


class Relay:
    """Hands bytes on between the browser and the server, and counts those that the server sends. ``fetched``: each path
    that was asked for, and the bytes of its answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent = 0
        self.fetched: list[tuple[str, list[int]]] = []

    def ours(self) -> list[tuple[str, int]]:
        """What the lab adds to Streamlit's own requests."""
        return [(path, sum(parts)) for path, parts in self.fetched if not STREAMLIT.match(path)]

    async def serve(self, came: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        back.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RELAY_BYTES)
        answer, ask = await asyncio.open_connection("127.0.0.1", self.port)
        # One answer follows the other on a connection: browsers ask for no second file before they have the first.
        last: list[list[int]] = [[]]

        def asked(part: bytes) -> None:
            if found := REQUEST.match(part):
                last[0] = []
                self.fetched.append((found[1].decode(), last[0]))

        def answered(part: bytes) -> None:
            self.sent += len(part)
            last[0].append(len(part))

        await asyncio.gather(self._hand_on(came, ask, asked), self._hand_on(answer, back, answered))

    async def _hand_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, heard: Callable[[bytes], None]
    ) -> None:
        with suppress(ConnectionError):
            while part := await source.read(65536):
                heard(part)
                target.write(part)
                await target.drain()
        with suppress(ConnectionError):
            target.close()


@contextmanager
def _relayed(root: Path, home: Path | None, host: str) -> Iterator[tuple[str, Relay]]:
    from tests.browser.conftest import free_port

    with tempfile.TemporaryDirectory() as folder:
        lab = Path(folder) / "home"
        if home:
            shutil.copytree(home, lab)
        else:
            lab.mkdir()
        server = free_port()
        with relaying(server) as (port, relay), _served(root, lab, server):
            yield f"http://{host}:{port}", relay


@contextmanager
def relaying(server: int) -> Iterator[tuple[int, Relay]]:
    """A relay in front of the server at this port, and the relay's own port."""
    relay = Relay(server)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(relay.serve, "127.0.0.1", 0), loop).result()
    try:
        yield listening.sockets[0].getsockname()[1], relay
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@contextmanager
def _served(root: Path, home: Path, port: int) -> Iterator[None]:
    import urllib.request

    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (home / "server.log").open("wb") as log:
        named = {"DISTILL_HOME": str(home), "STREAMLIT_BROWSER_SERVER_ADDRESS": OTHER_NAME}
        environment = {**os.environ, **named}
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(600):
                with suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait(30)


def _visits(address: str, relay: Relay, page: str, rounds: int) -> Iterator[dict[str, Any]]:
    from playwright.sync_api import sync_playwright

    found: dict[str, list[dict[str, float]]] = {"first": [], "second": []}
    with sync_playwright() as playwright:
        _come_before(playwright.chromium, f"{address}/{PATHS.get(page, page)}", relay)
        for _ in range(rounds):
            # A folder of its own, as a phone has: without one the cache takes no large file.
            with tempfile.TemporaryDirectory() as folder:
                context = playwright.chromium.launch_persistent_context(folder, viewport=PHONE, **_browser())
                context.pages[0].wait_for_timeout(3_000)  # a browser that has just started is busy with itself
                for seen in found.values():
                    seen.append(_visit(context, relay, f"{address}/{PATHS.get(page, page)}"))
                context.close()
    for visit, seen in found.items():
        medians = {name: statistics.median(one[name] for one in seen) for name in seen[0]}
        yield {"page": page, "visit": visit, **medians}


def _come_before(chromium: Any, url: str, relay: Relay) -> None:
    browser = chromium.launch(**_browser())
    for _ in range(2):
        tab = browser.new_page()
        tab.goto(url)
        tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)
        _until_quiet(tab, relay)
        tab.close()
    browser.close()
    time.sleep(20)  # what the server prepares after them is ready


def _browser() -> dict[str, Any]:
    options = chromium_options()
    return {**options, "args": [*options["args"], f"--host-resolver-rules=MAP {OTHER_NAME} 127.0.0.1"]}


def _visit(context: Any, relay: Relay, url: str) -> dict[str, float]:
    tab = context.new_page()
    wire = context.new_cdp_session(tab)
    wire.send("Network.enable")
    speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    wire.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    relay.fetched.clear()
    before, began = relay.sent, time.perf_counter()
    tab.goto(url, wait_until="commit", timeout=WAIT_MS)
    tab.locator("[data-testid=stMain] h1").first.wait_for(timeout=WAIT_MS)
    heading = time.perf_counter() - began
    at_heading = relay.sent - before
    tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)
    whole = _until_quiet(tab, relay) - began
    row = {"heading_s": heading, "whole_s": max(heading, whole), "bytes_at_heading": at_heading}
    ours = relay.ours()
    row |= {"bytes": relay.sent - before, "requests": len(relay.fetched)}
    row |= {"own_bytes": sum(size for _, size in ours), "own_requests": len(ours)}
    tab.close()
    return row


def _until_quiet(tab: Any, relay: Relay) -> float:
    """The last moment at which much came, workers' files included."""
    busy, sent = time.perf_counter(), relay.sent
    while time.perf_counter() - busy < QUIET_SECONDS:
        tab.wait_for_timeout(100)
        if relay.sent - sent > QUIET_BYTES:
            busy, sent = time.perf_counter(), relay.sent
    return busy


def _within(row: dict[str, Any]) -> bool:
    if (row["page"], row["visit"]) != ("home", "first"):
        return True
    return bool(row["bytes"] < LIMIT_BYTES and row["heading_s"] < LIMIT_SECONDS)


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['page']:<12}{row['visit']:<8}heading {row['heading_s']:5.1f} s, {row['bytes_at_heading'] / 1e6:6.3f} MB"
        f"   whole {row['whole_s']:5.1f} s, {row['bytes'] / 1e6:6.3f} MB, {row['requests']:.0f} requests"
        f"   beyond Streamlit's {row['own_bytes'] / 1e6:6.3f} MB, {row['own_requests']:.0f} requests"
    )


if __name__ == "__main__":
    sys.exit(main())
