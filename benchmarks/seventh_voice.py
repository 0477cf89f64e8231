"""How many of ten digits networks know of a voice that is in no data of theirs, through the path of an upload: the
file, its trimming, the graph of features, and the network's ONNX file.

    python benchmarks/seventh_voice.py [FOLDER] [--limit 7]

FOLDER has 0.wav to 9.wav; by default those of Debian's package asterisk-core-sounds-en-wav, a woman's voice (Allison
Smith, CC BY-SA 3.0, for tests alone: ``apt-get install asterisk-core-sounds-en-wav``). Trains the default comparison of
spoken digits in a home of its own first. Prints how far the features are from a Fourier transform in float64, each
answer, and how many are right; ends with 1 where the teacher knows fewer than the limit, with 2 where there are no
files.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import Report, reporting
from distill_core.lab import Lab

FOLDER = Path("/usr/share/asterisk/sounds/en_US_f_Allison/digits")
TASK = "spoken_digits"
TRAINING_SECONDS = 3_600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--limit", type=int, default=7, help="digits of ten that the teacher should know")
    settings = parser.parse_args()
    with reporting() as report:
        lacking = [digit for digit in range(10) if not (settings.folder / f"{digit}.wav").is_file()]
        if not report.can("the seventh voice", f"no {lacking[0]}.wav in {settings.folder}" if lacking else None):
            return 2
        with tempfile.TemporaryDirectory() as home:
            lab = Lab.open(Path(home))
            try:
                known = _known(lab, report, settings.folder)
            finally:
                lab.close()
    return 0 if known >= settings.limit else 1


def _known(lab: Lab, report: Report, folder: Path) -> int:
    """Tell what every network answers; how many the teacher knows."""
    import numpy as np

    from distill_core.deployment.runtime import run_onnx
    from distill_core.deployment.sound_features import features
    from distill_core.tasks.sound import mfcc
    from distill_core.tasks.sound.recording import read_recording
    from tests.deployment.test_sound_features import reference

    task = lab.tasks.get(TASK)
    words = [read_recording((folder / f"{digit}.wav").read_bytes()) for digit in range(10)]
    heard = [features(samples)[task.features] for samples in words]
    wanted = [mfcc.without_mean(reference(samples.astype(np.float64))).T for samples in words]
    worst = max(float(np.abs(given[0] - own).max()) for given, own in zip(heard, wanted, strict=True))
    report.tell(f"features: {worst:.1e} from their definition at most")
    if task.default is None:
        raise SystemExit(f"{TASK} has no default comparison")
    job = lab.wait(lab.submit(task.default), TRAINING_SECONDS)
    if job.state != "finished":
        raise SystemExit(f"the comparison is {job.state}: {job.error}")
    right: dict[str, int] = {}
    for run in _runs(lab, job.id):
        file = lab.devices.model(run["run_id"]).data
        answers = [int(run_onnx(file, one).argmax()) for one in heard]
        name = f"{run['student']}, seed {run['seed']}"
        right[name] = sum(answer == digit for digit, answer in enumerate(answers))
        report.tell(f"{name}: {right[name]} of 10, {' '.join(task.classes[one] for one in answers)}")
    return next(iter(right.values()))


def _runs(lab: Lab, job_id: str) -> list[dict[str, Any]]:
    """The teacher's row first."""
    rows: list[dict[str, Any]] = lab.reports.results([job_id]).to_dict("records")
    return sorted(rows, key=lambda row: row["role"] != "teacher")


if __name__ == "__main__":
    sys.exit(main())
