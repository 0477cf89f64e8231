"""What stands beside every screen while something loads the machine."""

from dataclasses import replace

from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.lab.robustness import Robustness


def test_what_loads_the_machine_beside_the_queue_is_told(screen, monkeypatch):
    view = TaskStatus(title="Testing robustness", step="fog 3", done=20, total=80, seconds_left=30.0)
    monkeypatch.setattr(Robustness, "testing", lambda robustness: view)
    page = screen("temperature")
    assert [part.proto.text for part in page.sidebar.get("progress")] == ["Testing robustness · about 30 s left"]
    assert "Nothing is training." not in [part.value for part in page.sidebar.caption]


def test_how_many_words_another_visitor_spoke_is_told_to_nobody_else(trained, lab, screen, monkeypatch):
    (job,) = lab.jobs()
    voice = job.experiment.model_copy(update={"task": f"spoken_digits_own_20_{'a' * 32}"})
    running = replace(job, title="A voice, 20 words", state="running", experiment=voice)
    monkeypatch.setattr(Lab, "queue", lambda lab: (running,))
    page = screen("temperature")
    told = [part.proto.text for part in page.sidebar.get("progress")]
    assert [text.split(" · ")[0] for text in told] == ["A voice of another visitor"]
    assert not [part for part in screen("home").main if "20 words" in str(getattr(part, "value", ""))]
    page.session_state["own_voices"] = {voice.task}
    told = [part.proto.text for part in page.run().sidebar.get("progress")]
    assert [text.split(" · ")[0] for text in told] == ["A voice, 20 words"]
