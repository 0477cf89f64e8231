"""The wording of all findings: facts of each kind, and the sentences that tell them in ``golden/``.

``python -m tests.ui.wording`` writes the sentences anew, to be read before they are committed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.ui import samples, samples_of_pictures, samples_of_training, samples_of_voices
from ui.findings.facts import Fact
from ui.findings.sentences import say

__all__ = ["GOLDEN", "SAMPLES", "written"]

GOLDEN = Path(__file__).parent / "golden"
SAMPLES: Mapping[str, Sequence[Fact]] = {
    **samples.SUBJECTS,
    **samples_of_training.SUBJECTS,
    **samples_of_pictures.SUBJECTS,
    **samples_of_voices.SUBJECTS,
}


def written(subject: str) -> str:
    """The sentences of a subject, a line a fact."""
    return "".join(f"{say(fact)}\n" for fact in SAMPLES[subject])


if __name__ == "__main__":
    for name in SAMPLES:
        (GOLDEN / f"{name}.txt").write_text(written(name), encoding="utf-8")
