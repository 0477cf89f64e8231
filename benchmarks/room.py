"""Thirty visitors click through the pages while a job trains: how long do they wait, and what does the training lose?

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/room.py [--visitors 30] [--seconds 90] [--profile] [--root FOLDER] [--home FOLDER] [--json]

The server of the lab is a process of its own, over a home with one finished comparison. Visitors are WebSocket sessions
of another process, which speak Streamlit's own messages: they open one of the nine pages, stay for 2 to 6 s, open
another one, and send the ticks of fragments as a browser does. Before they come and after they have gone the training
is alone for a while, with which its pace beside them is compared. ``ms`` is from the message to
``script_finished``; ``work`` is the processor time of the page's thread. ``--root`` names another checkout whose server
is measured, as the one before a change; both are then measured in turns with ``--home``, which keeps the finished
comparison (a folder for each checkout). Ends with 1 where p50, p95 or the training misses what is wanted, or something
failed.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.classroom.visitors import PAGES, tour, visit
from benchmarks.needs import ROOT, Report, count, reporting

SERVER = Path(__file__).resolve().parent / "classroom" / "server.py"
P50_MS, P95_MS, SLOWER = 1_000.0, 3_000.0, 0.15
START_SECONDS = 90.0
PROFILED, LOG_LINES = 25, 60


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as temporary:
        home = settings.home or Path(temporary)
        with _server(settings.root.resolve(), home.resolve(), *settings.switch) as server:
            _measure(server, report, settings)
        figures = report.figures
        p50_ms, p95_ms = (figures[name] or float("inf") for name in ("p50_ms", "p95_ms"))
        well = p50_ms < P50_MS and p95_ms < P95_MS and figures["slower"] < SLOWER
        return 0 if well and not figures["errors"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=count, default=30)
    parser.add_argument("--seconds", type=count, default=90, help="how long they click")
    parser.add_argument("--alone", type=count, default=15, help="seconds of training without them, before and after")
    parser.add_argument("--seed", type=count, default=1, help="of their choices")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout whose server is measured")
    parser.add_argument("--home", type=Path, help="keeps the finished comparison for the next time")
    parser.add_argument("--switch", nargs=1, default=[], metavar="MS", help="of the interpreter's lock; by default 5")
    parser.add_argument("--profile", action="store_true", help="where the processor time goes; sampling costs some")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


class Server:
    """The process of the server, and its door."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, log: IO[str]) -> None:
        self.address = address
        self._process = process
        self._log = log

    def show_log(self) -> None:
        """The end of what the server said."""
        self._log.seek(0)
        print(*self._log.readlines()[-LOG_LINES:], sep="", file=sys.stderr)

    def ask(self, do: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"do": do}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the server ended with {self._process.wait()}"}
        if "error" in answer:
            raise SystemExit(answer["error"])
        return answer["answer"]


@contextmanager
def _server(root: Path, home: Path, *more: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, str(SERVER), str(root), str(port), *more],
            cwd=root,
            env={**os.environ, "DISTILL_HOME": str(home), "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        server = Server(process, f"http://127.0.0.1:{port}", log)
        try:
            _await(server.address, process)
            yield server
        except BaseException:
            server.show_log()
            raise
        finally:
            process.terminate()
            process.wait(120)


def _await(address: str, process: "subprocess.Popen[str]") -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    raise SystemExit(f"the server did not answer within {START_SECONDS:g} s")


def _measure(server: Server, report: Report, settings: argparse.Namespace) -> None:
    server.ask("fill")
    server.ask("train")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pages = pool.apply(tour, (server.address,))["pages"]
        looks = [_state(server)]
        time.sleep(settings.alone)
        looks.append(_state(server))
        if settings.profile:
            server.ask("profile")
        found = pool.apply(visit, (server.address, settings.visitors, settings.seconds, settings.seed))
        looks.append(_state(server))
        profile = server.ask("profiled")
        time.sleep(settings.alone)
        looks.append(_state(server))
    if (ended := server.ask("stop")) != "running":
        raise SystemExit(f"the training beside the visitors was {ended} before they had gone")
    _count_updates(looks)
    # Who comes first asks for a page by its name; that is Home.
    worked = [(pages.get(script, ""), fragment, ms) for script, fragment, ms in looks[2]["runs"]]
    _tell_runs(report, found["runs"], worked)
    _tell_server(report, looks, found["processor_seconds"])
    if profile:
        _tell_profile(report, profile)
    if report.figures["errors"]:
        server.show_log()


def _state(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.ask("state")
    return found


def _count_updates(looks: Sequence[dict[str, Any]]) -> None:
    """Give each look its number of updates, between the points of which the training told."""
    points = looks[-1]["updates"]
    if len(points) < 2:
        raise SystemExit("the training told of no update while it was alone: give it longer with --alone")
    for look in looks:
        # Before the first point and after the last the pace of its neighbours holds.
        place = min(max(1, sum(told < look["at"] for told, _ in points)), len(points) - 1)
        (earlier, fewer), (later, more) = points[place - 1], points[place]
        look["updates"] = fewer + (more - fewer) * (look["at"] - earlier) / (later - earlier)


def _tell_runs(report: Report, runs: Sequence[dict[str, Any]], worked: Sequence[tuple[str, bool, float]]) -> None:
    """The table of pages, and what stands under it."""
    work: dict[str, list[float]] = defaultdict(list)
    for page, fragment, ms in worked:
        work["a tick" if fragment else page].append(ms)
    report.tell(f"{'':<13}{'runs':>6}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'work ms':>9}{'kB':>7}")
    pages = [run for run in runs if run["kind"] == "page"]
    rows = [(page or "home", [run for run in pages if run["page"] == page], work.get(page, ())) for page in PAGES]
    rows.append(("every page", pages, [ms for page, them in work.items() if page != "a tick" for ms in them]))
    rows.append(("a tick", [run for run in runs if run["kind"] == "tick"], work.get("a tick", ())))
    table = report.figures["rows"] = [_row(name, them, ms) for name, them, ms in rows]
    for row in table:
        report.tell(_line(row))
    report.figures |= {"p50_ms": table[-2]["p50_ms"], "p95_ms": table[-2]["p95_ms"]}
    errors = report.figures["errors"] = [f"{run['page'] or 'home'}: {run['error']}" for run in runs if run["error"]]
    report.tell(f"{len(errors)} errors")
    for error in sorted(set(errors))[:5]:
        report.tell(error)


def _row(name: str, runs: Sequence[dict[str, Any]], work_ms: Sequence[float]) -> dict[str, Any]:
    from distill_core.deployment.percentiles import nearest_rank

    taken = sorted(run["ms"] for run in runs if run["ms"] is not None)
    quantiles = {f"p{percent}_ms": nearest_rank(taken, percent) if taken else None for percent in (50, 95, 100)}
    work = sum(work_ms) / len(work_ms) if work_ms else None
    size = sum(run["bytes"] for run in runs) / len(runs) / 1000 if runs else None
    return {"what": name, "runs": len(runs), **quantiles, "work_ms": work, "kilobytes": size}


def _line(row: dict[str, Any]) -> str:
    numbers = [row[name] for name in ("p50_ms", "p95_ms", "p100_ms", "work_ms")]
    shown = "".join(f"{'' if one is None else format(one, '.0f'):>9}" for one in numbers)
    return f"{row['what']:<13}{row['runs']:>6}{shown}{row['kilobytes'] or 0:>7.0f}"


def _tell_server(report: Report, looks: Sequence[dict[str, Any]], visitors_seconds: float) -> None:
    before, beside, after = moments = [_between(*pair) for pair in itertools.pairwise(looks)]
    alone = (before["updates"] + after["updates"]) / 2
    visitors = visitors_seconds / (looks[2]["at"] - looks[1]["at"])
    report.figures |= {
        "updates_per_second": [one["updates"] for one in moments],
        "slower": 1 - beside["updates"] / alone,
        "rss_bytes": [look["rss_bytes"] for look in looks],
        "descriptors": [look["descriptors"] for look in looks],
        "server_processors": beside["processor_seconds"],
        "training_processors": [one["training_seconds"] for one in moments],
        "visitors_processors": visitors,
    }
    told = ", ".join(f"{one['updates']:.2f}" for one in moments)
    slower = f"{100 * report.figures['slower']:.0f} % slower beside them"
    report.tell(f"training before, beside and after the visitors: {told} updates a second, {slower}")
    memory = ", ".join(f"{look['rss_bytes'] / 1e9:.2f}" for look in looks)
    descriptors = ", ".join(str(look["descriptors"]) for look in looks)
    report.tell(f"memory at these moments: {memory} GB; descriptors {descriptors}")
    rest = beside["processor_seconds"] - beside["training_seconds"]
    trained = ", ".join(f"{one['training_seconds']:.2f}" for one in moments)
    report.tell(f"processors used by training at these times: {trained}")
    report.tell(f"meanwhile by all else of the server {rest:.2f}, by the visitors' own process {visitors:.2f}")


def _between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, float]:
    """Updates, and seconds of processors, a second between two looks."""
    lasted = after["at"] - before["at"]
    return {
        name: (after[name] - before[name]) / lasted for name in ("updates", "processor_seconds", "training_seconds")
    }


def _tell_profile(report: Report, tables: dict[str, dict[str, float]]) -> None:
    report.figures["profile"] = tables
    for title, table in tables.items():
        whole = sum(table.values())
        report.tell(f"{title}: {whole:.1f} s of processor time")
        for name, seconds in sorted(table.items(), key=lambda pair: -pair[1])[:PROFILED]:
            report.tell(f"{100 * seconds / whole:6.1f} %  {name}")


if __name__ == "__main__":
    sys.exit(main())
