"""The lab from a shell: the same engine, the same store.

python -m distill_core list tasks|architectures|methods
python -m distill_core example [--seeds N] > spec.json
python -m distill_core run spec.json [--home DIR] [--json OUT]
python -m distill_core bench RUN [--home DIR]
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_core.errors import DistillError, InvalidSetting, explain
from distill_core.experiment import Experiment
from distill_core.files import write_whole
from distill_core.jobs import Terminated, leave, terminable
from distill_core.lab import Lab
from distill_core.pipeline.presets import default_experiment
from distill_core.views import JobView

if TYPE_CHECKING:
    import pandas as pd

OUT_COLUMNS = [
    *["student", "architecture", "method", "temperature", "alpha", "seed", "labels", "transfer"],
    *["valid_accuracy", "test_accuracy", "macro_recall", "ece", "nll_nats", "agreement", "updates"],
    *["parameters", "macs", "size_bytes", "onnx_bytes", "p50_ms", "p95_ms", "seconds"],
    *["role", "taught_by", "width", "stem_stride", "state", "message", "run_id", "job_id"],
]
COUNTS = {"seed", "labels", "updates", "parameters", "macs", "size_bytes", "onnx_bytes"}
ENDED = ("finished", "failed", "stopped", "interrupted")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0, 1 where the work failed, 2 where the words were wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        with terminable():
            return int(chosen.do(chosen))
    except DistillError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt as stop:
        print("stopped; what was finished is stored", file=sys.stderr)
        return 143 if isinstance(stop, Terminated) else 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m distill_core", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("list", help="what can be chosen")
    listing.add_argument("what", choices=("tasks", "architectures", "methods"))
    listing.set_defaults(do=_list)
    example = commands.add_parser("example", help="print the default comparison as JSON")
    example.add_argument("--seeds", type=int, default=1)
    example.set_defaults(do=_example)
    run = commands.add_parser("run", help="train a specification and print the table")
    run.add_argument("specification", type=Path)
    run.add_argument("--json", type=Path, metavar="OUT", help="write one object a run")
    run.set_defaults(do=_run)
    bench = commands.add_parser("bench", help="measure a run's ONNX file again")
    bench.add_argument("run")
    bench.set_defaults(do=_bench)
    for command in (run, bench):
        command.add_argument("--home", type=Path, help="where data goes; by default DISTILL_HOME")
    return parser


def _list(chosen: argparse.Namespace) -> int:
    from distill_core.architectures import ARCHITECTURES
    from distill_core.methods import METHODS
    from distill_core.tasks import TASKS

    entries: dict[str, Iterable[Any]] = {"tasks": TASKS, "architectures": ARCHITECTURES, "methods": METHODS}
    for entry in entries[chosen.what]:
        print(f"{entry.name:<22}{entry.title}: {entry.teaches}")
    return 0


def _example(chosen: argparse.Namespace) -> int:
    if not 1 <= chosen.seeds <= 20:
        raise InvalidSetting(explain("--seeds", wanted="1 to 20", came=chosen.seeds, do="choose a number in between"))
    print(default_experiment(chosen.seeds).to_json())
    return 0


def _run(chosen: argparse.Namespace) -> int:
    try:
        text = chosen.specification.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"the specification cannot be read: {error}") from error
    experiment = Experiment.from_json(text)
    lab = Lab.open(chosen.home)
    try:
        job = _watch(lab, lab.submit(experiment))
        results = lab.results([job.id])
        _print_table(lab.summary(job.id))
    finally:
        lab.close()
    if chosen.json is not None:
        write_whole(chosen.json, json.dumps(_records(results), indent=2).encode() + b"\n")
    if job.state == "finished":
        return 0
    print(f"{job.state}: {job.error or 'no reason was given'}", file=sys.stderr)
    return 1


def _watch(lab: Lab, job_id: str) -> JobView:
    from tqdm import tqdm

    with tqdm(total=100, unit="%", bar_format="{desc} {percentage:3.0f} %|{bar}| {elapsed}{postfix}") as bar:
        while True:
            job = lab.wait(job_id, timeout_seconds=0.5)
            bar.n = round(100 * job.fraction)
            bar.set_description_str(job.progress.stage if job.progress else "Waiting")
            bar.set_postfix_str(f"{job.seconds_left:.0f} s left" if job.seconds_left is not None else "")
            if job.state in ENDED:
                return job


def _bench(chosen: argparse.Namespace) -> int:
    lab = Lab.open(chosen.home)
    try:
        table = lab.bench(chosen.run)
    finally:
        lab.close()
    columns = ["batch_size", "threads", "provider", "first_ms", "runs", "p50_ms", "p90_ms", "p95_ms", "p99_ms"]
    print(table[columns].to_string(index=False, float_format=lambda value: f"{value:.3f}"))
    return 0


def _records(results: "pd.DataFrame") -> list[dict[str, Any]]:
    # Through pandas' own JSON, so that a missing number becomes null and not NaN.
    records = json.loads(results[OUT_COLUMNS].to_json(orient="records", double_precision=15))
    return [
        {name: int(value) if name in COUNTS and value is not None else value for name, value in record.items()}
        for record in records
    ]


def _print_table(summary: "pd.DataFrame") -> None:
    import pandas as pd

    rows = [_table_row(row) for row in summary.to_dict("records")]
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda value: f"{value:.3f}", na_rep=""))


def _table_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    tested, delta = row["test_accuracy"], row["delta_points"]
    accuracy = "" if _missing(tested) else f"{tested:.1%}" + _plus_minus(row["test_accuracy_half_width"], 100)
    against = "" if _missing(delta) else f"{delta:+.1f}" + _plus_minus(row["delta_half_width_points"], 1)
    return {
        "student": row["student"],
        "seeds": row["seeds"],
        "test": accuracy,
        "against control": against,
        "verdict": row["verdict"] or "",
        "parameters": _whole(row["parameters"]),
        "ONNX bytes": _whole(row["onnx_bytes"]),
        "p50 ms": row["p50_ms"],
        "p95 ms": row["p95_ms"],
    }


def _whole(number: Any) -> str:
    return "" if _missing(number) else f"{number:,.0f}"


def _plus_minus(half_width: Any, scale: float) -> str:
    return "" if _missing(half_width) else f" ± {scale * half_width:.1f}"


def _missing(value: Any) -> bool:
    return value is None or value != value


if __name__ == "__main__":
    leave(main())
