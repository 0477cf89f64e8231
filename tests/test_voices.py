"""A visitor's voice in the lab: networks of spoken digits get used to it, and its words are forgotten then."""

from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting, MissingData
from distill_core.lab import Lab
from distill_core.spec import Budget
from distill_core.tasks import TASKS
from distill_core.templates import new_voice
from tests.quick import QUICK_TIMER
from tests.tasks.sound.test_own_voice import words

SHORT = Budget(updates=4, batch_size=16)


def test_a_network_gets_used_to_a_visitor_whose_words_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_voice, "BUDGET", SHORT)
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        asked = TASKS.get("spoken_digits").default
        short = asked.model_copy(update={"budget": SHORT, "views": 1, "students": asked.students[:1]})
        first = lab.wait(lab.submit(short), 300)
        assert (first.state, first.error) == ("finished", None)
        rows = lab.reports.results([first.id]).set_index("student")
        run = rows.loc[asked.students[0].name, "run_id"]
        job = lab.wait(lab.voices.adapt(run, words()), 300)
        assert (job.state, job.error) == ("finished", None)
        found = lab.reports.results([job.id]).set_index("student")
        assert set(found["state"]) == {"finished"}, found["message"].tolist()
        assert found.loc["as it was", "test_accuracy"] == rows.loc[asked.students[0].name, "test_accuracy"]
        with pytest.raises(MissingData):
            len(lab.tasks.load(job.experiment.task).train.labels_N)
        assert lab.voices.adapt(run, words()) == job.id
        with pytest.raises(InvalidSetting):
            lab.voices.adapt(found.loc["teacher, norms anew", "run_id"], words(seed=1))
        assert not lab.tasks.voices._words
    finally:
        lab.close()


def test_a_teacher_that_ships_is_a_file_for_browsers(tmp_path: Path) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        data = lab.devices.shipped("speakers_cnn")
        assert 300_000 < len(data) < 500_000
        assert lab.devices.shipped("speakers_cnn") is data
    finally:
        lab.close()
