"""Makes the finished experiments on sound, text, scenes and a graph of assets/example, which a new home shows beside
those on images.

    python tools/make_task_examples.py [--only new_voice] [--home DIR]

The comparison that each task begins with, three seeds each, is trained by a real lab in ``--home`` (a temporary folder
by default); of a new voice the six comparisons with one seed each, and how each student that was distilled on all
recordings gets used to its voice. What is there already is not made again. Files that no page needs are left out, and
of scenes the logits of all but a few. Ten minutes on two free cores.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.archive import write_archive  # noqa: E402
from distill_core.assets import ASSETS  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.lab.example import FOLDER  # noqa: E402
from distill_core.spec import Experiment  # noqa: E402
from distill_core.tasks.graph import medicine  # noqa: E402
from distill_core.tasks.sound.fsdd import SPEAKERS  # noqa: E402
from distill_core.tasks.sound.spoken_digits import new_voice, voice  # noqa: E402
from distill_core.templates.graph import all_facts, own_weight  # noqa: E402
from distill_core.templates.new_voice import TAUGHT_ANEW, adaptation_of  # noqa: E402
from distill_core.templates.presets import first_experiment  # noqa: E402
from tools.make_example import TIMED, WHOLE, disturb, file_as_example  # noqa: E402
from tools.shipping import (  # noqa: E402
    finished,
    keep,
    make_each,
    parser,
    told_by,
    unpacked,
    with_fewer_logits,
    write,
)

SEEDS = 3
# Of each archive.
MOST_BYTES = 1_500_000
ALL_RECORDINGS = "KD, all recordings"


@dataclass(frozen=True)
class Made:
    """``train`` gives the titles of finished experiments by their ids, in the order in which a lab files them, the
    newest last. ``files``: the kinds that ship of the first seed of a network, by its name or role. ``logits``: of so
    many examples of a part they ship where an example has positions, by name or role; else of one. ``disturbed``: on so
    many test examples all of its networks are tried under corruptions and attacks."""

    title: str
    train: Callable[[Lab], dict[str, str]]
    files: Mapping[str, Sequence[str]]
    logits: Mapping[str, int] = field(default_factory=dict)
    disturbed: int = 0


def _comparison(task: str) -> Callable[[Lab], dict[str, str]]:
    def train(lab: Lab) -> dict[str, str]:
        return {finished(lab, comparison(lab, task, SEEDS), task): f"Example: {lab.tasks.get(task).title}"}

    return train


def comparison(lab: Lab, task: str, seeds: int) -> Experiment:
    """The comparison that a task begins with."""
    known = lab.tasks.get(task)
    assert known.default is not None
    return first_experiment(known, known.default.teacher, seeds)


def _voices(lab: Lab) -> dict[str, str]:
    """Of each voice the comparison, then what became of its student; the first voice is filed last, as the newest."""
    titles = {}
    for speaker in reversed(SPEAKERS):
        task = lab.tasks.get(new_voice(speaker))
        job_id = finished(lab, comparison(lab, task.name, 1), task.name)
        run = lab.reports.results([job_id]).set_index("student").loc[ALL_RECORDINGS, "run_id"]
        students = {student.name: student for student in lab.job(job_id).experiment.students}
        used = finished(lab, adaptation_of(task.name, students[ALL_RECORDINGS], run), task.name)
        titles |= {
            job_id: f"Example: {task.title}",
            used: f"Example: {lab.tasks.get(voice(speaker)).title}, getting used to the voice",
        }
    return titles


def _graph(lab: Lab) -> dict[str, str]:
    """All facts, the weight of N3 that suits the distilled, and the comparison that the task begins with."""
    task = lab.tasks.get(medicine.NAME)
    assert task.default is not None
    made = {
        "all facts, 4 dimensions": all_facts(task, task.default.teacher, SEEDS),
        "less regularised": own_weight(task, task.default.teacher, SEEDS),
        "": comparison(lab, task.name, SEEDS),
    }
    titles = ((finished(lab, experiment, task.name), told) for told, experiment in made.items())
    return {job_id: ": ".join(filter(None, (f"Example: {task.title}", told))) for job_id, told in titles}


# McNemar's test of one seed needs the predictions of those that it compares.
EXAMPLES = {
    "new_voice": Made(
        title="Example: Spoken digits, a new voice",
        train=_voices,
        files={
            "control": ("predictions",),
            "KD, same recordings": ("predictions",),
            ALL_RECORDINGS: WHOLE,
            TAUGHT_ANEW: ("onnx",),
        },
    ),
    # The U-Net that teaches is 2 MB.
    "scenes": Made(
        title="Example: Scenes, 6 classes",
        train=_comparison("scenes"),
        files={"teacher": ("predictions",), "control": TIMED, "KD, same scenes": TIMED, "KD, all scenes": WHOLE},
        logits={"teacher": 2, "KD, all scenes": 2},
        disturbed=50,
    ),
    # The network of n-grams that teaches is 2 MB.
    "languages": Made(
        title="Example: Languages, 20",
        train=_comparison("languages"),
        files={"teacher": ("predictions",), "control": TIMED, "KD, same texts": TIMED, "KD, all texts": TIMED},
    ),
    # 135 answers to each of 2,626 questions: those to 300 of each part are kept.
    medicine.NAME: Made(
        title="Example: Medicine, a knowledge graph",
        train=_graph,
        files={
            "teacher": ("predictions",),
            "control": ("onnx", "predictions"),
            "KD, same questions": ("onnx",),
            "KD, all questions": WHOLE,
        },
        logits={"teacher": 300, "control": 300, "KD, all questions": 300},
    ),
    **{
        task: Made(
            title=f"Example: {title}",
            train=_comparison(task),
            files={"teacher": TIMED, "control": TIMED, "KD, same recordings": TIMED, ALL_RECORDINGS: WHOLE},
        )
        for task, title in (("speakers", "Who speaks"), ("spoken_digits", "Spoken digits"))
    },
}


def main() -> None:
    make_each(parser(__doc__, EXAMPLES).parse_args(), EXAMPLES, ship)


def ship(lab: Lab, name: str, made: Made) -> None:
    """Train what is not there yet, and write ``name.zip`` with its manifest. Ends the program where it fails."""
    titles = made.train(lab)
    results = lab.reports.results([*titles])
    if made.disturbed:
        found = {"images": made.disturbed, "attacked_images": made.disturbed}
        disturb(lab, results["run_id"].tolist(), attacks=True, **found)
    rows, environment = unpacked(lab, [*titles])
    rows |= {"measurements": [row for row in rows["measurements"] if row["place"] == "server"], "devices": []}
    rows["jobs"].sort(key=lambda row: list(titles).index(row["id"]))
    files = keep(lab, rows, results, lambda row: _kept(row, made.files))
    told = told_by(f"python tools/make_task_examples.py --only {name}")
    with tempfile.TemporaryDirectory() as folder:
        if made.logits:
            by_run = {row["run_id"]: made.logits.get(_of(row), 1) for row in results.to_dict("records")}
            files = with_fewer_logits(rows, files, by_run, Path(folder))
        file_as_example(rows, name, titles)
        data = write_archive(rows, files, title=made.title, environment=environment, **told)
    if len(data) > MOST_BYTES:
        raise SystemExit(f"{name}: {len(data):,} bytes are too many: leave out more")
    measured = {"runs": len(rows["runs"]), **({"robustness_scores": len(rows["trials"])} if made.disturbed else {})}
    details = {"jobs": [row["id"] for row in rows["jobs"]], "environment": environment}
    write(ASSETS / FOLDER, name, data, title=made.title, told=told, measured=measured, details=details)
    print(f"{name}: {len(rows['runs'])} runs, {len(files)} files, {len(data):,} bytes", flush=True)


def _kept(row: Mapping[str, Any], kinds: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return kinds.get(_of(row), ()) if row["seed"] == 0 else ()


def _of(row: Mapping[str, Any]) -> str:
    return "teacher" if row["role"] == "teacher" else str(row["student"])


if __name__ == "__main__":
    main()
