"""Thirty visitors ask for a model, its reference and the engine at once: are all answered, and do the pages stay quick?

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/visitors.py [--visitors 30] [--rounds 5] [--json]

The lab's routes are served by uvicorn in this process, where the pages live too. The visitors are threads of another
process, of low priority since they would come from machines of their own, each on its own connection; they ask at the
same moment, round after round, for every file that a first visit needs. Meanwhile the Benchmark page is run again and
again through Streamlit's AppTest. Ends with 1 where an answer is not the whole file, or the p95 of the page's own work
is over the limit.
"""

import argparse
import gzip
import multiprocessing
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, Report, count, page_fault, reporting
from distill_core.templates.presets import default_experiment

LIMIT_MS = 300.0
ENGINE = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as home:
        os.environ["DISTILL_HOME"] = home
        with closing(_lab()) as lab:
            _measure(lab, report, settings.visitors, settings.rounds)
        return 0 if not report.figures["errors"] and report.figures["page_p95_ms"] < LIMIT_MS else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=count, default=30)
    parser.add_argument("--rounds", type=count, default=10)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _lab() -> Any:
    import ui

    return ui.lab()


def _measure(lab: Any, report: Report, visitors: int, rounds: int) -> None:
    from distill_core.spec import Budget

    job = lab.submit(default_experiment().model_copy(update={"budget": Budget(updates=24)}))
    if (ended := lab.wait(job, 600)).state != "finished":
        raise SystemExit(f"the comparison is {ended.state}: {ended.error}")
    paths = _paths(lab.reports.results([job])["run_id"].iloc[0])
    server, address = _serve()
    asked = multiprocessing.get_context("spawn").Pool(1)
    came = asked.apply_async(visit, (address, paths, visitors, rounds))
    page_ms, fault = _page_while(lambda: not came.ready())
    _tell_page(report, page_ms)
    _tell_answers(report, visitors, came.get())
    server.should_exit = True
    if fault:
        raise SystemExit(f"benchmark: {fault}")


def _tell_page(report: Report, page_ms: Sequence[float]) -> None:
    report.figures["page_runs"] = len(page_ms)
    if page_ms:
        p95 = report.figures["page_p95_ms"] = _p95(page_ms)
        report.tell(f"the Benchmark page's own work meanwhile: p95 {p95:.0f} ms over {len(page_ms)} runs")


def _tell_answers(report: Report, visitors: int, answers: Sequence[dict[str, Any]]) -> None:
    errors = [one["error"] for one in answers if one["error"]]
    report.figures |= {
        "visitors": visitors,
        "requests": len(answers),
        "errors": errors,
        "model_p95_ms": _p95([one["ms"] for one in answers if one["path"].endswith(".onnx")]),
        "all_p95_ms": _p95([one["ms"] for one in answers]),
    }
    report.tell(f"{visitors} visitors at once, {len(answers)} requests, {len(errors)} errors")
    for error in errors[:5]:
        report.tell(error)
    model, whole = report.figures["model_p95_ms"], report.figures["all_p95_ms"]
    report.tell(f"a model: p95 {model:.0f} ms; every file: p95 {whole:.0f} ms")


def _paths(run_id: str) -> list[str]:
    from ui.browser import addresses

    known = {name: f"/{address}" for name, address in addresses.addresses().items()}
    files = [f"{known['engine']}{name}" for name in ENGINE]
    return [f"{known['models']}{run_id}/float32.onnx", f"{known['reference']}{run_id}/float32", *files]


def _serve() -> tuple[Any, str]:
    import uvicorn
    from starlette.applications import Starlette

    from ui.browser.routes import routes
    from ui.server.middleware import middleware

    application = Starlette(routes=routes(), middleware=middleware(""))
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, access_log=False))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, f"http://127.0.0.1:{port}"


def _page_while(going_on: Callable[[], bool]) -> tuple[list[float], str | None]:
    """Milliseconds of the page's runs, of one at least, and what it said instead of them; with that it ends."""
    from streamlit.testing.v1 import AppTest

    tested = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    tested.run()
    tested.switch_page("../pages/benchmark.py").run()
    taken_ms: list[float] = []
    fault = page_fault(tested)
    while not fault and (going_on() or not taken_ms):
        began = time.perf_counter()
        tested.run()
        ended = time.perf_counter()
        if not (fault := page_fault(tested)):
            taken_ms.append(1_000 * (ended - began))
    return taken_ms, fault


def visit(address: str, paths: Sequence[str], visitors: int, rounds: int) -> list[dict[str, Any]]:
    """What every visitor was answered; in a process of its own."""
    if hasattr(os, "nice"):
        os.nice(10)  # visitors have processors of their own
    sizes = {path: _length(*_fetch(address + path)) for path in paths}
    together = threading.Barrier(visitors)

    def one_visitor(_number: int) -> list[dict[str, Any]]:
        found = []
        for _ in range(rounds):
            for path in paths:
                together.wait()
                found.append(_timed(address, path, sizes[path]))
        return found

    with ThreadPoolExecutor(visitors) as pool:
        return [answer for answers in pool.map(one_visitor, range(visitors)) for answer in answers]


def _timed(address: str, path: str, size: int) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        body, coding = _fetch(address + path)
    except (OSError, HTTPException) as failed:
        return {"path": path, "ms": 1_000 * (time.perf_counter() - began), "error": f"{path}: {failed}"}
    ms = 1_000 * (time.perf_counter() - began)
    got = _length(body, coding)
    return {"path": path, "ms": ms, "error": "" if got == size else f"{path}: {got} of {size} bytes"}


def _fetch(url: str) -> tuple[bytes, str]:
    """The body and its coding, asked for as browsers do over plain http."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.read(), answer.headers.get("Content-Encoding", "")


def _length(body: bytes, coding: str) -> int:
    return len(gzip.decompress(body)) if coding == "gzip" else len(body)


def _p95(values: Sequence[float]) -> float:
    from distill_core.deployment.percentiles import nearest_rank

    return nearest_rank(sorted(values), 95)


if __name__ == "__main__":
    sys.exit(main())
