"""The networks in a real Chromium: what the lab's component adds to a bare page, whether the page stays free while it
measures, from a stroke to the answers, and what a second visit fetches.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/browser.py [--only overhead|free|stroke|second] [--rounds 3] [--json]

A server of its own is started on a home with one short comparison in it (how long a network takes does not depend on
what it learnt). CHROMIUM names the browser, else the one on PATH is taken. Ends with 1 where a limit is missed, with 2
where no browser starts.

overhead  the component's p50 against that of a page that holds nothing but onnxruntime-web, the same model and as many
          threads, in turns in the same browser
free      the longest task of the page's main thread while the Benchmark page measures every network
stroke    from a movement of the pointer on the Playground's canvas to the frame that shows the answers of the teacher
          and four students
second    what a browser that was closed and opened again fetches of the engine
"""

import argparse
import math
import os
import socket
import socketserver
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import browser as no_browser
from benchmarks.needs import chromium as chromium_options
from benchmarks.needs import count, reporting
from distill_core.templates.presets import default_experiment

OVERHEAD_PERCENT, TASK_MS, STROKE_MS = 10.0, 50.0, 50.0
MOST_THREADS = 4  # as in ui/browser/js/environment.js
WAIT_MS = 180_000
# As the lab times it: networks under a millisecond in rows of 20 ms, the others one by one; two seconds in all.
BARE = """
<!doctype html><script type="module">
import * as ort from "{engine}ort.wasm.bundle.min.mjs"
ort.env.wasm.numThreads = {threads}
const model = new Uint8Array(await (await fetch("{model}")).arrayBuffer())
const session = await ort.InferenceSession.create(model, {{ executionProviders: ["wasm"] }})
const pixels = Float32Array.from({{ length: {pixels} }}, (_, place) => Math.sin(place))
const feed = {{ [session.inputNames[0]]: new ort.Tensor("float32", pixels, [1, ...{shape}]) }}
const row = async length => {{
  const began = performance.now()
  for (let run = 0; run < length; run++) await session.run(feed)
  return (performance.now() - began) / length
}}
for (let run = 0; run < 200; run++) await session.run(feed)
const one = await row(50)
const length = one < 1 ? Math.ceil(20 / one) : 1
const samples = []
for (let spent = 0; spent < 2000 || samples.length * length < 200;) {{
  samples.push(await row(length))
  spent += samples.at(-1) * length
}}
samples.sort((a, b) => a - b)
window.bare = {{ p50_ms: samples[Math.ceil(samples.length / 2) - 1], isolated: crossOriginIsolated }}
</script>
"""
LAGS = """
window.lags = []
new PerformanceObserver(list => {
  for (const one of list.getEntriesByName("stroke to answer")) window.lags.push(one.duration)
}).observe({ entryTypes: ["measure"] })
"""
# When the server had taken the last measurement: what Streamlit then draws disturbs none.
LAST_TOLD = """
Math.max(...performance.getEntriesByType("resource")
  .filter(one => one.name.endsWith("/browser/measurements")).map(one => one.responseEnd))
"""
LONG_TASKS = """
window.longTasks = []
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longTasks.push({ start: task.startTime, ms: task.duration })
}).observe({ type: "longtask", buffered: true })
"""


def main() -> int:
    settings = _arguments()
    parts: dict[str, Callable[[Any, Place, int], Iterable[dict[str, Any]]]] = {
        "overhead": _overhead,
        "free": _free,
        "stroke": _stroke,
        "second": _second,
    }
    chosen = [settings.only] if settings.only else list(parts)
    with reporting(as_json=settings.json) as report:
        if not report.can(", ".join(chosen), no_browser()):
            return 2
        rows: list[dict[str, Any]] = []
        report.figures["rows"] = rows
        with _place() as place:
            for name in chosen:
                for row in parts[name](place.chromium, place, settings.rounds):
                    rows.append(row)
                    report.tell(_line(row))
        return 0 if all(row["within"] for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["overhead", "free", "stroke", "second"])
    parser.add_argument("--rounds", type=count, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


class Place:
    """A server with runs in it, and a browser's settings."""

    def __init__(self, address: str, runs: dict[str, str], chromium: Any) -> None:
        self.address, self.runs, self.chromium = address, runs, chromium
        self.options = chromium_options()

    def page(self, name: str, **query: Any) -> str:
        return f"{self.address}/{name}?{urlencode(query, doseq=True)}"


@contextmanager
def _place() -> Iterator[Place]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import served

    with tempfile.TemporaryDirectory() as home:
        runs = _train(Path(home))
        with served(Path(home)) as address, sync_playwright() as playwright:
            yield Place(address, runs, playwright.chromium)


def _train(home: Path) -> dict[str, str]:
    """A teacher and four students of two architectures, with their controls; the run ids of all but these by name."""
    from distill_core.lab import Lab
    from distill_core.spec import Budget, Experiment

    lab = Lab.open(home)
    default = default_experiment()
    first = default.students[0]
    students = [
        first.model_copy(update={"name": f"student {place}", **changes})
        for place, changes in enumerate(
            [{}, {"transfer": "all"}, {"temperature": 8.0}, {"architecture": "depthwise_cnn", "stem_stride": 1}]
        )
    ]
    values = default.model_copy(update={"students": tuple(students), "budget": Budget(updates=24)})
    job = lab.wait(lab.submit(Experiment.of(values.model_dump())), 600)
    if job.state != "finished":
        raise SystemExit(f"the comparison did not finish: {job.error}")
    rows = lab.reports.results([job.id])
    rows = rows[rows["role"] != "control"]
    lab.close()
    return dict(zip(rows["student"], rows["run_id"], strict=True))


def _overhead(chromium: Any, place: Place, rounds: int) -> Iterator[dict[str, Any]]:
    browser = chromium.launch(**place.options)
    for name in ("teacher", "student 0"):
        run_id = _of(place, name)
        for threads in dict.fromkeys((1, min(os.cpu_count() or 1, MOST_THREADS))):
            turns = [
                (_component_ms(browser, place, run_id, threads), _bare_ms(browser, place, run_id, threads))
                for _ in range(rounds)
            ]
            difference = statistics.median(100 * (ours / bare - 1) for ours, bare in turns)
            ours, bare = (statistics.median(column) for column in zip(*turns, strict=True))
            what = f"{name}, {threads} threads: {ours:.3f} ms against {bare:.3f} ms bare"
            yield _row("overhead", what, difference, "%", abs(difference) <= OVERHEAD_PERCENT)
    browser.close()


def _of(place: Place, name: str) -> str:
    return next(iter(place.runs.values())) if name == "teacher" else place.runs[name]


def _component_ms(browser: Any, place: Place, run_id: str, threads: int) -> float:
    page = browser.new_page()
    backend = "wasm-1" if threads == 1 else "wasm-n"
    with page.expect_response("**/browser/measurements", timeout=WAIT_MS) as told:
        page.goto(place.page("benchmark", runs=run_id, backend=backend, auto=1))
    answer = told.value
    if not answer.ok or answer.request.post_data_json["threads"] != threads:
        raise SystemExit(f"not measured: {answer.text()}")
    p50_ms = float(answer.json()["p50_ms"])
    page.close()
    return p50_ms


def _bare_ms(browser: Any, place: Place, run_id: str, threads: int) -> float:
    from ui.browser import addresses

    known = {name: f"/{address}" for name, address in addresses.addresses().items()}
    model = f"{known['models']}{run_id}/float32.onnx"
    page = browser.new_page()
    text = BARE.format(engine=known["engine"], model=model, threads=threads, pixels=784, shape=[1, 28, 28])
    isolated = {"cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp"}
    page.route("**/bare", lambda route: route.fulfill(body=text, content_type="text/html", headers=isolated))
    page.goto(f"{place.address}/bare")
    page.wait_for_function("window.bare", timeout=WAIT_MS)
    found = page.evaluate("window.bare")
    page.close()
    if not found["isolated"]:
        raise SystemExit("the bare page is not isolated")
    return float(found["p50_ms"])


def _free(chromium: Any, place: Place, _rounds: int) -> list[dict[str, Any]]:
    browser = chromium.launch(**place.options)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(LONG_TASKS)
    page.goto(place.page("benchmark", runs=list(place.runs.values()), backend=["wasm-1", "wasm-n"]))
    start = page.get_by_role("button", name="Run on this device")
    start.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(8_000)  # torch is loaded after the first page; what the page itself draws is over
    wanted = 2 * len(place.runs)
    told: list[int] = []
    page.on("response", lambda answer: told.append(1) if answer.url.endswith("/browser/measurements") else None)
    began = page.evaluate("performance.now()")
    start.click()
    for _ in range(WAIT_MS // 500):
        page.wait_for_timeout(500)
        if len(told) == wanted:
            break
    ended = page.evaluate(LAST_TOLD)
    tasks = page.evaluate("window.longTasks")
    browser.close()
    longest = max((task["ms"] for task in tasks if began <= task["start"] < ended), default=0.0)
    what = f"{len(told)} measurements in {(ended - began) / 1000:.0f} s, longest task (0: none over 50 ms)"
    return [_row("free", what, longest, "ms", longest <= TASK_MS and len(told) == wanted)]


def _stroke(chromium: Any, place: Place, rounds: int) -> list[dict[str, Any]]:
    """Every piece of a stroke is a User Timing measure of the page: from the pointer's event until after the frame that
    shows every network's answer."""
    from distill_core.deployment.percentiles import nearest_rank

    browser = chromium.launch(**place.options)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(LAGS)
    runs = list(place.runs.values())
    page.goto(place.page("playground", runs=runs))
    page.locator(".stage canvas").wait_for(timeout=WAIT_MS)
    page.locator(".status").wait_for(state="hidden", timeout=WAIT_MS)
    page.wait_for_timeout(8_000)  # torch is loaded after the first page
    for turn in range(4 * rounds):
        circle(page, turn)
    lags = sorted(page.evaluate("window.lags"))
    browser.close()
    p50, p95 = (nearest_rank(lags, percent) for percent in (50, 95))
    what = f"{len(lags)} pieces of strokes, {len(runs)} networks: p50 {p50:.0f} ms, p95"
    return [_row("stroke", what, p95, "ms", p95 < STROKE_MS and len(runs) == 5)]


def circle(page: Any, turn: int) -> None:
    box = page.locator(".stage canvas").bounding_box()
    x, y, size = box["x"], box["y"], box["width"]
    page.mouse.move(x + 0.2 * size, y + 0.2 * size)
    page.mouse.down()
    for step in range(40):
        angle = step / 40 * 2 * math.pi + turn
        page.mouse.move(x + size * (0.5 + 0.35 * math.cos(angle)), y + size * (0.5 + 0.35 * math.sin(angle)))
        page.wait_for_timeout(12)
    page.mouse.up()


def _second(chromium: Any, place: Place, _rounds: int) -> list[dict[str, Any]]:
    """The browser ends between the visits and keeps its profile, as people's do; a listener between it and the server
    hears what it asks for."""
    asked: list[list[str]] = []
    with tempfile.TemporaryDirectory() as profile, _listening(place) as (heard, address):
        for _visit in range(2):
            heard.clear()
            context = chromium.launch_persistent_context(profile, **place.options)
            page = context.new_page()
            with page.expect_response("**/browser/measurements", timeout=WAIT_MS):
                page.goto(
                    f"{address}/benchmark?{urlencode({'runs': _of(place, 'student 0'), 'backend': 'wasm-1'})}&auto=1"
                )
            context.close()
            asked.append([path for path in heard if "/onnxruntime-web/" in path])
    first, second = asked
    return [
        _row("second", "a first visit asks for files of the engine", len(first), "", bool(first)),
        _row("second", "the second visit, with the browser started again", len(second), "", not second),
    ]


@contextmanager
def _listening(place: Place) -> Iterator[tuple[list[str], str]]:
    """Passes everything on to the server and notes each path that is asked for."""
    host, port = place.address.removeprefix("http://").split(":")
    heard: list[str] = []

    class Passing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((host, int(port))) as server:
                back = threading.Thread(target=_pass, args=(server, self.request, None), daemon=True)
                back.start()
                _pass(self.request, server, heard)

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Listener(("127.0.0.1", 0), Passing) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield heard, f"http://127.0.0.1:{listener.server_address[1]}"
        listener.shutdown()


def _pass(source: socket.socket, target: socket.socket, heard: list[str] | None) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if heard is not None and data.startswith(b"GET "):
                heard.append(data.split(b" ", 2)[1].decode(errors="replace"))
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _row(part: str, what: str, value: float, unit: str, within: bool) -> dict[str, Any]:
    return {"part": part, "what": what, "value": value, "unit": unit, "within": within}


def _line(row: dict[str, Any]) -> str:
    return f"{row['part']:<10}{row['what']:<80}{row['value']:9.1f} {row['unit']:<3}{'' if row['within'] else ' missed'}"


if __name__ == "__main__":
    sys.exit(main())
