"""Makes assets/example: the finished experiments that a new home shows from the first moment.

    python tools/make_example.py [--only comparison] [--home DIR]

The default compression chain, and the default comparison with three seeds, are trained by a real lab in ``--home`` (a
temporary folder by default), then tried on corrupted images and under attacks; what is there already is not made again.
Files that no page needs are left out. A quarter of an hour on two free cores.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.archive import write_archive  # noqa: E402
from distill_core.assets import ASSETS  # noqa: E402
from distill_core.files import sha256_of  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.lab.example import FOLDER  # noqa: E402
from distill_core.robustness.attacks import ATTACKS  # noqa: E402
from distill_core.spec import Experiment  # noqa: E402
from distill_core.templates.compression_chain import default_chain  # noqa: E402
from distill_core.templates.presets import default_experiment  # noqa: E402
from tools.shipping import Rows, finished, keep, make_each, parser, told_by, unpacked, write  # noqa: E402

SEEDS = 3
IMAGES, ATTACKED_IMAGES = 2_000, 500
EPS = (1, 2, 4, 8)
LOOK_SECONDS = 1.0
# Of both of these together.
MOST_BYTES = 6_000_000
RUN = re.compile(r"\brun:([0-9a-f]{16})\b")
WHOLE, TIMED = ("onnx", "predictions", "weights"), ("onnx", "predictions")


@dataclass(frozen=True)
class Made:
    """``title``: the task's, and what was done where that is no comparison. ``files``: the kinds that ship of the first
    seed of a network, by its name or role. ``attacks``: whether its networks are attacked."""

    title: str
    experiment: Callable[[Lab], Experiment]
    files: Mapping[str, tuple[str, ...]]
    attacks: bool


# In the order in which a lab files them: the newest is what pages show first.
EXAMPLES = {
    "chain": Made(
        title="Example: Fashion-MNIST, 10,000 images, compressed to 8 bits step by step",
        experiment=lambda lab: lab.catalog.chain_experiment(default_chain()),
        # McNemar's test needs the predictions of those that it compares.
        files={
            "teacher": TIMED,
            "4. Knowledge distillation": TIMED,
            "5. 8-bit integers": TIMED,
            "random weights, labels": TIMED,
            "random weights, Knowledge distillation": ("predictions",),
        },
        attacks=False,
    ),
    "comparison": Made(
        title="Example: Fashion-MNIST, 10,000 images",
        experiment=lambda lab: default_experiment(SEEDS),
        # The weights are for the page Methods, whose teacher is the one that ships.
        files={"teacher": TIMED, "control": WHOLE, "KD, same images": TIMED, "KD, all images": WHOLE},
        attacks=True,
    ),
}


def main() -> None:
    make_each(parser(__doc__, EXAMPLES).parse_args(), EXAMPLES, ship)
    size = sum((ASSETS / FOLDER / f"{name}.zip").stat().st_size for name in EXAMPLES)
    if size > MOST_BYTES:
        raise SystemExit(f"{size:,} bytes are too many: leave out more")


def ship(lab: Lab, name: str, made: Made) -> None:
    """Train and test what is not there yet, and write ``name.zip`` with its manifest. Ends the program where it
    fails."""
    job_id = finished(lab, made.experiment(lab), name)
    results = lab.reports.results([job_id])
    disturb(lab, results["run_id"].tolist(), attacks=made.attacks)
    rows, environment = unpacked(lab, [job_id])
    rows |= {"measurements": [row for row in rows["measurements"] if row["place"] == "server"], "devices": []}
    files = keep(lab, rows, results, lambda row: _kept(row, made.files))
    file_as_example(rows, name, {job_id: made.title})
    told = told_by(f"python tools/make_example.py --only {name}")
    data = write_archive(rows, files, title=made.title, environment=environment, **told)
    measured = {"runs": len(rows["runs"]), "robustness_scores": len(rows["trials"])}
    details = {
        "jobs": [rows["jobs"][0]["id"]],
        "specification": json.loads(lab.reports.specification(job_id)),
        "environment": environment,
    }
    write(ASSETS / FOLDER, name, data, title=made.title, told=told, measured=measured, details=details)
    print(f"{name}: {len(rows['runs'])} runs, {len(files)} files, {len(data):,} bytes", flush=True)


def disturb(
    lab: Lab, run_ids: list[str], *, attacks: bool, images: int = IMAGES, attacked_images: int = ATTACKED_IMAGES
) -> None:
    """Test these networks on corrupted images, and under attacks."""
    lab.robustness.test(run_ids, images=images, attacks=())
    _wait(lab)
    if attacks:
        lab.robustness.test(run_ids, images=attacked_images, corruptions=(), attacks=tuple(ATTACKS), eps=EPS)
        _wait(lab)


def _wait(lab: Lab) -> None:
    while (status := lab.robustness.testing()) is not None and not status.finished:
        time.sleep(LOOK_SECONDS)
    if status is not None and status.error is not None:
        raise SystemExit(f"testing: {status.error}")


def _kept(row: dict[str, Any], kinds: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return kinds.get("teacher" if row["role"] == "teacher" else row["student"], ()) if row["seed"] == 0 else ()


def file_as_example(rows: Rows, name: str, titles: Mapping[str, str]) -> None:
    """File an archive's rows under fingerprints of their own, so that nothing that is to be trained is answered by
    them; such a job has no plan. ``titles``: by the ids that jobs had."""
    own: dict[str, str] = {}
    for row in rows["jobs"]:
        row |= {"title": titles[row["id"]], "plan": None}
    for row in (*rows["runs"], *rows["jobs"]):
        row["fingerprint"] = sha256_of(f"example {name} {row['fingerprint']}".encode())
        own[row["id"]] = row["fingerprint"][:16]
        row["id"] = own[row["id"]]
    for row in rows["jobs"]:
        row["specification"] = RUN.sub(lambda found: f"run:{own.get(found[1], found[1])}", row["specification"])
    for table in ("job_runs", "curves", "artifacts", "trials", "measurements"):
        for row in rows[table]:
            row |= {column: own[row[column]] for column in ("run_id", "job_id") if row.get(column) in own}


if __name__ == "__main__":
    main()
