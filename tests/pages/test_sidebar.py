"""What stands beside every screen while something loads the machine."""

from distill_core.jobs.background_task import TaskStatus
from distill_core.lab.robustness import Robustness


def test_what_loads_the_machine_beside_the_queue_is_told(screen, monkeypatch):
    view = TaskStatus(title="Testing robustness", step="fog 3", done=20, total=80, seconds_left=30.0)
    monkeypatch.setattr(Robustness, "testing", lambda robustness: view)
    page = screen("temperature")
    assert [part.proto.text for part in page.sidebar.get("progress")] == ["Testing robustness · about 30 s left"]
    assert "Nothing is training." not in [part.value for part in page.sidebar.caption]
