"""Makes assets/answers: what the shipped teachers, and the students of the default comparison, say about the
validation and test images of the subset, so that the Temperature page is full before anything was trained.

    python tools/make_answers.py [--home DIR]

It trains the default comparison (seed 0) once, and one update of it with each other teacher; two minutes. One archive
holds all, each network has a manifest.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pandas as pd  # noqa: E402

from distill_core.archive import write_archive  # noqa: E402
from distill_core.assets import ASSETS, read_manifest  # noqa: E402
from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.prediction_sources import FOLDER  # noqa: E402
from distill_core.spec import Budget, Experiment, ShippedTeacher  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.templates.presets import default_experiment  # noqa: E402
from tools.shipping import LICENCE, finished, keep, parser, unpacked  # noqa: E402

TITLE = "Recorded predictions of the teachers that ship and of the default comparison"
ORIGIN = "computed from assets/data and assets/teachers"
COMMAND = "python tools/make_answers.py"
STUDENTS = {"control": "default_control", "KD, same images": "default_kd_same", "KD, all images": "default_kd_all"}
# The order of the pickers: the teacher and the control of the default comparison first.
PLACES = (
    *("fashion_resnet20", "fashion_inception", "fashion_resnet8_weak"),
    *("default_control", "default_kd_same", "default_kd_all"),
)


def main() -> None:
    arguments = parser(__doc__, {}).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(arguments.home or Path(folder))
        try:
            record(lab, experiments(lab))
        finally:
            lab.close()


def experiments(lab: Lab) -> dict[str, Experiment]:
    """By the name of the teacher: the default comparison, and one update of it with each other teacher."""
    default = default_experiment()
    found = {
        option.choice.name: default.model_copy(update={"teacher": option.choice, "budget": Budget(updates=1)})
        for option in lab.catalog.teachers(default.task)
        if isinstance(option.choice, ShippedTeacher)
    }
    (own,) = (name for name, experiment in found.items() if experiment.teacher == default.teacher)
    return found | {own: default}


def record(lab: Lab, asked: dict[str, Experiment]) -> None:
    """Write the archive, and a manifest for each network whose predictions are in it."""
    jobs = {name: finished(lab, experiment, name) for name, experiment in asked.items()}
    tables = {name: lab.reports.results([job_id]) for name, job_id in jobs.items()}
    names = {row["run_id"]: name for teacher, table in tables.items() for row, name in _named(teacher, table)}
    rows, environment = unpacked(lab, list(jobs.values()))
    results = pd.concat(tables.values())
    files = keep(lab, rows, results, lambda row: ("predictions",) if row["run_id"] in names else ())
    data = write_archive(
        rows, files, title=TITLE, environment=environment, origin=ORIGIN, licence=LICENCE, command=COMMAND
    )
    atomic_write(ASSETS / FOLDER / "recorded.zip", data)
    predictions = {row["run_id"]: row["sha256"] for row in rows["artifacts"]}
    for teacher, table in tables.items():
        for row, name in _named(teacher, table):
            specification = lab.reports.specification(jobs[teacher]) if name in STUDENTS.values() else None
            manifest = _manifest(name, row, data, predictions[row["run_id"]], specification)
            text = json.dumps(manifest, indent=2, ensure_ascii=False)
            atomic_write(ASSETS / FOLDER / f"{name}.json", text.encode() + b"\n")
            print(f"{name}: test accuracy {row['test_accuracy']:.4f}", flush=True)
    print(f"{len(data):,} bytes", flush=True)


def _named(teacher: str, table: pd.DataFrame) -> list[tuple[dict[str, Any], str]]:
    """The rows whose predictions ship, with their names: the teacher's, and the students' of the default comparison."""
    whole = table.loc[table["role"] != "teacher", "updates"].max() > 1
    return [
        (row, teacher if row["role"] == "teacher" else STUDENTS[row["student"]])
        for row in table.to_dict("records")
        if row["role"] == "teacher" or whole
    ]


def _manifest(
    name: str, row: dict[str, Any], data: bytes, predictions_sha256: str, specification: str | None
) -> dict[str, Any]:
    title = row["student"]
    if specification:
        title = f"{title} (ResNet-8, {row['labels']:.0f} labels, seed {row['seed']})"
    return {
        "name": name,
        "title": title,
        "file": "recorded.zip",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": ORIGIN,
        "licence": LICENCE,
        "command": COMMAND,
        "measured": {"test_accuracy": row["test_accuracy"], "valid_accuracy": row["valid_accuracy"]},
        "details": {
            "role": row["role"],
            "student": row["student"],
            "run_id": row["run_id"],
            **_earlier(name),
            "predictions_sha256": predictions_sha256,
            "place": PLACES.index(name),
            "task": row["task"],
            "data_sha256": TASKS.get(row["task"]).sha256,
            "environment": row["environment"],
            **({"specification": json.loads(specification), "seed": row["seed"]} if specification else {}),
        },
    }


def _earlier(name: str) -> dict[str, Any]:
    """Other ids that labs of before filed the same run under, as the manifest knows them."""
    there = read_manifest(ASSETS / FOLDER / f"{name}.json").details.get("earlier_run_ids")
    return {"earlier_run_ids": there} if there else {}


if __name__ == "__main__":
    main()
