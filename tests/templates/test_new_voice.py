"""Getting used to a new voice: a job on its recordings, from a network of another task, by norms, teachers, labels."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.__main__ import main
from distill_core.lab import Lab
from distill_core.shell import voices
from distill_core.spec import Budget, Experiment, ShippedTeacher, TrainedTeacher
from distill_core.tasks import TASKS
from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.templates.new_voice import voice_adaptation
from tests.quick import QUICK_TIMER

SHORT = {"budget": Budget(updates=24, batch_size=32), "views": 2}


def test_a_network_of_other_voices_gets_used_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        plain = TASKS.get(new_voice("theo")).default
        teacher = TrainedTeacher(architecture="sequence_cnn", budget=SHORT["budget"])
        first = lab.wait(lab.submit(plain.model_copy(update={"teacher": teacher, **SHORT})), 300)
        assert (first.state, first.error) == ("finished", None)
        rows = lab.reports.results([first.id]).set_index("student")
        source = plain.students[1]
        run = rows.loc[source.name, "run_id"]
        adapting = voice_adaptation(voice("theo"), teacher, "sequence_cnn", source, run).model_copy(update=SHORT)
        job = lab.wait(lab.submit(adapting), 300)
        assert (job.state, job.error) == ("finished", None)
        found = lab.reports.results([job.id]).set_index("student")
        assert set(found["state"]) == {"finished"}, found["message"].tolist()
        as_it_was, anew = found.loc["as it was"], found.loc["norms anew"]
        assert as_it_was["parameters"] == anew["parameters"] == rows.loc[source.name, "parameters"]
        said = [lab.reports.predictions(f"run:{row['run_id']}").test_logits_NC for row in (as_it_was, anew)]
        assert not np.allclose(*said, atol=1e-3)
        assert found.loc["teacher, norms anew", "parameters"] == 98_186
        assert found.pop("labels").map(int, na_action="ignore").tolist()[1:] == [0, 0, 0, 0, 0, 20]
        assert found.loc["taught by the teacher, norms anew", "taught_by"] == "teacher, norms anew"
        said = {option.title: option.note for option in lab.catalog.teachers(voice("theo"))}
        assert "It saw 0 labels" in said["taught by the teacher (Depthwise 1-D CNN)"]
        assert "It saw 20 labels" in said["20 labels (Depthwise 1-D CNN)"]
    finally:
        lab.close()
    asked: list[Experiment] = []
    monkeypatch.setattr(voices, "train", lambda _lab, experiment, _chosen: asked.append(experiment) or 0)
    assert main(["adapt", run, "--home", str(tmp_path)]) == 0
    assert asked[0].teacher == ShippedTeacher(name="spoken_digits_new_voice_theo_cnn")
    assert asked[0].students == adapting.students
    assert main(["adapt", found.loc["as it was", "run_id"], "--home", str(tmp_path)]) == 2
