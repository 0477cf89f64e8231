"""What every step of compression leaves, in a real Chromium: one engine runs all files and answers as the server."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from distill_core.compression import STEPS
from distill_core.lab import Lab
from distill_core.spec import Budget, Experiment, Student, TrainedTeacher
from tests.browser.conftest import Home
from tests.browser.test_benchmark import address, measured
from tests.quick import QUICK_TIMER

pytestmark = pytest.mark.browser
TEACHER = TrainedTeacher(architecture="resnet8", budget=Budget(updates=20, batch_size=32))
# Of each: the step, its numbers, its choices, and in which numbers its file is.
WAYS: dict[str, tuple[str, dict[str, float], dict[str, str], str]] = {
    "slice": ("slice", {}, {}, "float32"),
    "tucker": ("tucker", {"energy": 0.7}, {"by": "energy"}, "float32"),
    "separable": ("separable", {"energy": 0.7}, {"by": "energy"}, "float32"),
    "prune": ("prune", {"multiple": 1.0}, {}, "float32"),
    "sparsify": ("sparsify", {}, {}, "float32"),
    "round": ("round", {}, {}, "float32"),
    "norms": ("norms", {}, {}, "float32"),
    "int8 per channel": ("int8", {"images": 32.0}, {"scales": "per channel"}, "int8"),
    "int8 per tensor": ("int8", {"images": 32.0}, {"scales": "per tensor"}, "int8"),
    "int8 dynamic": ("int8", {}, {"way": "dynamic"}, "int8"),
    "float16": ("float16", {}, {}, "float16"),
}


def made_by(name: str) -> Student:
    """A network that a step makes of the teacher, untrained; a slice is half as wide."""
    step, parameters, choices, _ = WAYS[name]
    change = {"step": step, "parameters": parameters, "choices": choices}
    network = {"architecture": TEACHER.architecture, "width": 0.5 if step == "slice" else TEACHER.width}
    start = {"source": "teacher", "change": change}
    return Student.of({**network, "name": name, "start": start, "untrained": True, "seeds": (0,)})


@pytest.fixture(scope="module")
def answers(trained: Home, visitor: BrowserContext) -> Iterator[dict[str, dict[str, Any]]]:
    """What a browser told of the files of all steps, which it measured in one load of the page. The served home is in
    the end as it was."""
    lab = Lab.open(trained.path, timer=QUICK_TIMER)
    students = [made_by(name).model_dump() for name in WAYS]
    asked = {"task": "digits", "teacher": TEACHER.model_dump(), "students": students, "budget": {"updates": 1}}
    job = lab.wait(lab.submit(Experiment.of(asked)), timeout_seconds=120)
    assert (job.state, job.error) == ("finished", None)
    ids = dict(lab.reports.results([job.id])[["student", "run_id"]].itertuples(index=False))
    page = visitor.new_page()
    runs = [f"{name} #{ids[name]}" for name in WAYS]
    told = {one["run_id"]: one for one in measured(page, address(trained, *runs, auto=1), len(WAYS))}
    expect(page.get_by_text("✓ agrees")).to_have_count(len(WAYS))
    page.close()
    yield {name: told[ids[name]] for name in WAYS}
    lab.delete(job.id)
    lab.close()


def test_every_step_is_among_them() -> None:
    assert {step for step, *_ in WAYS.values()} == {step.name for step in STEPS if not step.resets_weights}


@pytest.mark.parametrize("name", WAYS)
def test_the_browser_answers_as_the_server(answers: dict[str, dict[str, Any]], name: str) -> None:
    told = answers[name]
    assert told["agrees"] is True
    largest = max(abs(one) for row in told["logits"] for one in row)
    assert largest > 0.1, "a network that answers 0 would agree with any other"
    assert told["largest_difference"] <= {"float32": 1e-4, "int8": 0.02, "float16": 0.01}[WAYS[name][3]] * largest
