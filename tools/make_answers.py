"""Makes assets/answers: what the shipped teachers, and the students of the default comparison, say about the
validation and test images of the subset, so that the Temperature page is full before anything was trained.

    python tools/make_answers.py

It trains the default comparison (seed 0) once; two minutes.
"""

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS, read_manifest  # noqa: E402
from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.prediction_sources import FOLDER  # noqa: E402
from distill_core.spec import Budget, Experiment, ShippedTeacher  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.templates.presets import default_experiment  # noqa: E402

STUDENTS = {"control": "default_control", "KD, same images": "default_kd_same", "KD, all images": "default_kd_all"}
# The order of the pickers: the teacher and the control of the default comparison first.
PLACES = (
    *("fashion_resnet20", "fashion_inception", "fashion_resnet8_weak"),
    *("default_control", "default_kd_same", "default_kd_all"),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        lab = Lab.open(Path(home))
        default = default_experiment()
        _file(lab, default, students=True)
        for option in lab.catalog.teachers(default.task):
            if isinstance(option.choice, ShippedTeacher) and option.choice != default.teacher:
                short = default.model_copy(update={"teacher": option.choice, "budget": Budget(updates=1)})
                _file(lab, short, students=False)
        lab.close()


def _file(lab: Lab, experiment: Experiment, *, students: bool) -> None:
    """Train an experiment, and keep the answers of its teacher and, if asked, of its students."""
    job = lab.wait(lab.submit(experiment), 3_600)
    if job.state != "finished":
        raise SystemExit(f"{job.state}: {job.error}")
    for row in lab.reports.results([job.id]).to_dict("records"):
        teacher = row["role"] == "teacher"
        if teacher or students:
            assert isinstance(experiment.teacher, ShippedTeacher)
            _write(lab, job.id, row, experiment.teacher.name if teacher else STUDENTS[row["student"]])


def _earlier(name: str) -> dict:
    """Other ids that labs of before filed the same run under, as the manifest knows them."""
    there = read_manifest(ASSETS / FOLDER / f"{name}.json").details.get("earlier_run_ids")
    return {"earlier_run_ids": there} if there else {}


def _write(lab: Lab, job_id: str, row: dict, name: str) -> None:
    data = lab.reports.artifact(row["run_id"], "predictions").read_bytes()
    task, student = row["task"], row["role"] != "teacher"
    title = (
        f"{row['student']} (ResNet-8, {row['labels']:.0f} labels, seed {row['seed']})" if student else row["student"]
    )
    manifest = {
        "name": name,
        "title": title,
        "file": f"{name}.safetensors",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"computed from assets/data/{task}.npz and assets/teachers",
        "licence": "MIT",
        "command": "python tools/make_answers.py",
        "measured": {"test_accuracy": row["test_accuracy"], "valid_accuracy": row["valid_accuracy"]},
        "details": {
            "role": row["role"],
            "run_id": row["run_id"],
            **_earlier(name),
            "place": PLACES.index(name),
            "task": task,
            "data_sha256": TASKS.get(task).sha256,
            "environment": row["environment"],
            **(
                {"specification": json.loads(lab.reports.specification(job_id)), "seed": row["seed"]} if student else {}
            ),
        },
    }
    atomic_write(ASSETS / FOLDER / f"{name}.safetensors", data)
    atomic_write(ASSETS / FOLDER / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{name}: {len(data):,} bytes, test accuracy {row['test_accuracy']:.4f}", flush=True)


if __name__ == "__main__":
    main()
