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
import multiprocessing
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, count, reporting

LIMIT_MS = 300.0
ENGINE = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as home:
        os.environ["DISTILL_HOME"] = home
        result = _measure(settings.visitors, settings.rounds)
        report.figures |= result
        report.tell(_text(result))
    return 0 if not result["errors"] and result["page_p95_ms"] < LIMIT_MS else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=count, default=30)
    parser.add_argument("--rounds", type=count, default=10)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(visitors: int, rounds: int) -> dict[str, Any]:
    import ui
    from distill_core.experiment import Budget

    lab = ui.lab()
    job = lab.submit(lab.default_experiment().model_copy(update={"budget": Budget(updates=24)}))
    if (ended := lab.wait(job, 600)).state != "finished":
        raise SystemExit(f"the comparison is {ended.state}: {ended.error}")
    paths = _paths(lab.results([job])["run_id"].iloc[0])
    server, address = _serve()
    asked = multiprocessing.get_context("spawn").Pool(1)
    came = asked.apply_async(visit, (address, paths, visitors, rounds))
    page_ms = _page_while(lambda: not came.ready())
    answers = came.get()
    server.should_exit = True
    lab.close()
    return {
        "visitors": visitors,
        "requests": len(answers),
        "errors": [one["error"] for one in answers if one["error"]],
        "model_p95_ms": _p95([one["ms"] for one in answers if one["path"].endswith(".onnx")]),
        "all_p95_ms": _p95([one["ms"] for one in answers]),
        "page_runs": len(page_ms),
        "page_p95_ms": _p95(page_ms),
    }


def _paths(run_id: str) -> list[str]:
    from ui.browser import addresses

    known = {name: f"/{address}" for name, address in addresses.addresses().items()}
    files = [f"{known['engine']}{name}" for name in ENGINE]
    return [f"{known['models']}{run_id}/float32.onnx", f"{known['reference']}{run_id}/float32", *files]


def _serve() -> tuple[Any, str]:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    from app import Isolated
    from ui.browser.device import Recognised
    from ui.browser.routes import routes

    layers = [Middleware(Isolated), Middleware(Recognised)]
    application = Starlette(routes=routes(), middleware=layers)
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, access_log=False))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, f"http://127.0.0.1:{port}"


def _page_while(going_on: Any) -> list[float]:
    from streamlit.testing.v1 import AppTest

    tested = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    tested.run()
    tested.switch_page("../pages/benchmark.py").run()
    taken_ms = []
    while going_on():
        began = time.perf_counter()
        tested.run()
        taken_ms.append(1_000 * (time.perf_counter() - began))
    if tested.exception:
        raise SystemExit(f"benchmark: {tested.exception[0].message}")
    return taken_ms


def visit(address: str, paths: Sequence[str], visitors: int, rounds: int) -> list[dict[str, Any]]:
    """What every visitor was answered; in a process of its own."""
    if hasattr(os, "nice"):
        os.nice(10)  # visitors have processors of their own
    sizes = {path: _ask(address + path) for path in paths}
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
        came = _ask(address + path)
        error = "" if came == size else f"{path}: {came} of {size} bytes"
    except (OSError, HTTPException) as failed:
        error = f"{path}: {failed}"
    return {"path": path, "ms": 1_000 * (time.perf_counter() - began), "error": error}


def _ask(url: str) -> int:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return len(answer.read())


def _p95(values: Sequence[float]) -> float:
    from distill_core.export import nearest_rank

    return nearest_rank(sorted(values), 95)


def _text(result: dict[str, Any]) -> str:
    lines = [
        f"{result['visitors']} visitors at once, {result['requests']} requests, {len(result['errors'])} errors",
        *result["errors"][:5],
        f"a model: p95 {result['model_p95_ms']:.0f} ms; every file: p95 {result['all_p95_ms']:.0f} ms",
        f"the Benchmark page's own work meanwhile: p95 {result['page_p95_ms']:.0f} ms over {result['page_runs']} runs",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
