"""Facts on new voices, each so that all sentences about it are told."""

from tests.ui.samples import SHARE, VERDICTS, judged
from ui.findings import voices
from ui.findings.facts import Estimate, Fact

__all__ = ["SUBJECTS"]

ALONE = Estimate(mean=0.96)


def _voices() -> list[Fact]:
    verdicts = [judged(verdict) for verdict in (None, *VERDICTS[:3])]
    return [
        voices.UsedTo(voice="George", before=0.867, norms=0.9, taught=0.873, few=1.0, labels=20),
        *(voices.OverVoices(voices=6, before=SHARE, taught=SHARE, gap=gap) for gap in verdicts),
        *(voices.OverNorms(norms=SHARE, gap=gap) for gap in verdicts),
        *(voices.FewLabels(labels=20, accuracy=SHARE, gap=gap) for gap in verdicts),
        *(voices.TeacherOfVoices(accuracy=accuracy) for accuracy in (SHARE, ALONE)),
        *(voices.TooFewVoices(voices=count) for count in (1, 2)),
    ]


SUBJECTS = {"voices": _voices()}
