"""A home with 10,000 finished runs: is every question that a page asks of the lab still answered at once?

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/many_runs.py [--runs 10000] [--home FOLDER] [--repeats 5] [--json]

The home is made through the store's own functions, without training: comparisons, grids, comparisons of methods,
teachers of their own and networks that taught, on two tasks, with scores, curves, files, measurements of this server
and of sixty browsers, and robustness tested here and there. With ``--home`` it is kept, and used again where it is
there already. Each question is asked once of a lab that was just opened, then again and again, each time after
something was written, so that the database is asked anew; whatever Python and pandas do only once has been done
before, on a home with one experiment. ``processor``: what the longest of them took of a processor, which other
programs do not change. Ends with 1 where a question takes longer than the limit."""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.classroom.home import make
from benchmarks.needs import count, reporting
from distill_core.lab.job_search import searching
from distill_core.reports.summary import mark_front
from distill_core.templates.compression_chain import default_chain
from distill_core.templates.method_comparison import comparison_experiment
from distill_core.templates.presets import default_experiment

LIMIT_MS = 100.0
RUNS = 10_000
LATEST = 50  # jobs that a picker shows
Question = Callable[[], object]


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as folder:
        from distill_core.lab import Lab

        home = settings.home or Path(folder) / "many"
        with closing(Lab.open(Path(folder) / "one")) as small:
            make(small, 1)
            for question in _questions(small).values():
                question()
        # As the server does: what was loaded by then is looked through by no collection of garbage.
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        with closing(Lab.open(home)) as lab:
            report.figures["runs"] = make(lab, settings.runs)
        report.tell(f"{report.figures['runs']:,} runs, made in {time.perf_counter() - began:.0f} s")
        rows = report.figures["rows"] = []
        with closing(Lab.open(home)) as lab:
            for name, question in _questions(lab).items():
                rows.append(_ask(name, question, settings.repeats, change=lab._store.beat))
                report.tell(_line(rows[-1]))
    return 0 if all(max(row["first_ms"], row["max_ms"]) < LIMIT_MS for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=count, default=RUNS, help="finished runs in the home, at least")
    parser.add_argument("--home", type=Path, help="make it in this folder, and keep it")
    parser.add_argument("--repeats", type=count, default=5, help="how often each question is asked again")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _ask(name: str, question: Question, repeats: int, *, change: Question) -> dict[str, Any]:
    from distill_core.deployment.percentiles import nearest_rank

    taken, worked = [], []
    for _ in range(1 + repeats):
        change()
        began, before = time.perf_counter(), time.thread_time()
        question()
        taken.append(1_000 * (time.perf_counter() - began))
        worked.append(1_000 * (time.thread_time() - before))
    first, again = taken[0], sorted(taken[1:])
    row = {"question": name, "first_ms": first, "p50_ms": nearest_rank(again, 50), "max_ms": again[-1]}
    return {**row, "processor_ms": max(worked)}


def _line(row: dict[str, Any]) -> str:
    mark = "" if max(row["first_ms"], row["max_ms"]) < LIMIT_MS else "   over the limit"
    times = f"first {row['first_ms']:7.1f}   p50 {row['p50_ms']:7.1f}   max {row['max_ms']:7.1f} ms"
    return f"{row['question']:<24}{times}   processor {row['processor_ms']:7.1f} ms{mark}"


def _questions(lab: Any) -> dict[str, Question]:
    """What pages/ and ui/ ask of a lab, by the name of its method, of the newest comparison and of the newest grid."""
    from distill_core.spec import CorruptionSpec
    from distill_core.templates.method_comparison import MethodComparison

    jobs = lab.jobs(limit=LATEST)
    job = next(one for one in jobs if len(one.experiment.students) == 3)
    large = max(jobs, key=lambda one: len(one.experiment.students))
    default, task = default_experiment(), job.experiment.task
    rows = lab.reports.results([job.id])
    ids, runs = [one.id for one in jobs], list(rows["run_id"])
    names = dict(zip(rows["run_id"], rows["student"], strict=True))
    run, teacher, old = runs[-1], runs[0], lab._store.runs()[1].run.id
    summary, browser = lab.reports.summary(job.id), lab.devices.table()["device_key"].iloc[0]
    chain, compared = default_chain(), MethodComparison(methods=("dkd",))
    return {
        "jobs": lambda: lab.jobs(limit=LATEST),
        "jobs, by two words": lambda: lab.jobs(limit=LATEST, search=searching(lab.tasks, "resnet kd")),
        "jobs, words that none has": lambda: lab.jobs(limit=LATEST, search=searching(lab.tasks, "zebra")),
        "jobs, a method": lambda: lab.jobs(limit=LATEST, search=searching(lab.tasks, "", method="dkd")),
        "tags": lab.naming.tags,
        "queue": lab.queue,
        "job": lambda: lab.job(job.id),
        "specification": lambda: lab.reports.specification(job.id),
        "runs_version": lab.reports.runs_version,
        "results_version, 1 job": lambda: lab.reports.results_version([job.id]),
        "results_version, 50 jobs": lambda: lab.reports.results_version(ids, everywhere=False),
        "plan, there already": lambda: lab.plan(job.experiment),
        "plan, nothing there": lambda: lab.plan(default.model_copy(update={"data_seed": 7})),
        "plan, a grid": lambda: lab.plan(large.experiment),
        "chain_experiment": lambda: lab.catalog.chain_experiment(chain),
        "comparison_experiment": lambda: comparison_experiment(compared),
        "adaptation_experiment": lambda: lab.catalog.adaptation_experiment(
            job.id, job.experiment.students[-1].name, CorruptionSpec(corruption="fog", severity=3)
        ),
        "teachers": lambda: lab.catalog.teachers(task),
        "results, 1 job": lambda: lab.reports.results([job.id]),
        "results, a grid": lambda: lab.reports.results([large.id]),
        "results, a browser's": lambda: lab.reports.results([job.id], browser),
        "summary": lambda: lab.reports.summary(job.id),
        "summary, a grid": lambda: lab.reports.summary(large.id),
        "against": lambda: lab.reports.against(job.id, job.experiment.students[-1].name),
        "mark_front": lambda: mark_front(summary, "onnx_bytes"),
        "unreadable, 1 job": lambda: lab.reports.unreadable([job.id]),
        "unreadable, a grid": lambda: lab.reports.unreadable([large.id]),
        "curves": lambda: lab.reports.curves(names),
        "insights": lambda: lab.reports.insights(names),
        "confusion": lambda: lab.reports.confusion(run),
        "disagreements": lambda: lab.reports.disagreements(run, teacher),
        "prediction_sources": lambda: lab.reports.prediction_sources(task),
        "prediction_source": lambda: lab.reports.prediction_source(old),
        "result": lambda: lab.reports.result(old),
        "with_finished": lambda: lab.reports.with_finished(ids),
        "count_runs": lambda: lab.reports.count_runs(ids),
        "predictions": lambda: lab.reports.predictions(f"run:{run}"),
        "sweeps": lab.reports.sweeps,
        "experiment_report, a grid": lambda: lab.reports.experiment_report(f"job:{large.id}"),
        "artifact": lambda: lab.reports.artifact(run, "onnx"),
        "trials": lambda: lab.robustness.scores(runs),
        "corruption_error": lambda: lab.robustness.corruption_error(job.id),
        "timings": lambda: lab.devices.timings(runs),
        "devices.table": lab.devices.table,
        "measuring": lab.devices.measuring,
        "testing": lab.robustness.testing,
    }


if __name__ == "__main__":
    sys.exit(main())
