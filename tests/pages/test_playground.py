"""The Playground empty, running, finished, with what is not here in its address, and without the browser's engine."""

import base64
import json

import numpy as np
import pytest

from distill_core.files import sha256_of
from distill_core.spec import Budget, TrainedTeacher
from distill_core.store import JobState
from distill_core.tasks import TASKS
from ui.browser import engine

pytestmark = pytest.mark.anywhere

STUDENT_NAMES = ["Plain CNN", "control", "KD", "KD, all"]


def said(page) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(f"{getattr(part, 'label', '')} {part.value}" for part in parts)


def stage(page) -> dict | None:
    """What the component was given; None where it is not on the page."""
    found = [
        one.proto for one in page.get("bidi_component") if one.proto.component_name.rpartition(".")[2] == "playground"
    ]
    return (
        json.loads(found[0].mixed.json if found[0].WhichOneof("data") == "mixed" else found[0].json) if found else None
    )


def test_empty_says_what_to_do_and_has_the_button(screen):
    page = screen("playground")
    assert not page.exception
    assert "There is no network to answer yet" in said(page)
    assert page.button(key="home_run").label.startswith("Run the comparison")
    assert stage(page) is None


def test_finished_gives_the_networks_to_the_browser(trained, lab, screen):
    page = screen("playground")
    assert not page.exception
    given = stage(page)
    assert [one["name"] for one in given["networks"]] == STUDENT_NAMES
    assert [one["role"] for one in given["networks"]] == ["teacher", "control", "student", "student"]
    [job] = lab.jobs()
    assert [one["run_id"] for one in given["networks"]] == [ids[0] for ids in lab.reports.summary(job.id)["run_ids"]]
    assert all(one["mark"].startswith("data:image/svg+xml;base64,") for one in given["networks"])
    assert given["addresses"]["models"] == "browser/models/"
    teacher = given["networks"][0]
    stored = sha256_of(lab.reports.artifact(teacher["run_id"], "onnx").read_bytes())
    assert teacher["file"] == f"{teacher['run_id']}/ten_bits.onnx?sha256={stored}"
    assert given["temperature"] == 1.0
    assert given["sample"] is None


def test_the_preprocessing_is_the_tasks_own(trained, lab, screen):
    given = stage(screen("playground"))
    digits = next(task for task in lab.catalog.tasks() if task.name == "digits")
    assert given["task"] == {"name": "digits", "channels": 1, "size_px": 8, "mean": [0.305], "std": [0.376]}
    assert given["classes"] == list(digits.classes)


def test_test_images_come_with_their_own_pixels(trained, lab, screen):
    given = stage(screen("playground", sample="7"))
    _, test = lab.catalog.images("digits")
    assert [one["index"] for one in given["samples"]] == list(range(18))
    for one in (*given["samples"], given["sample"]):
        pixels = np.frombuffer(base64.b64decode(one["pixels"]), np.uint8).reshape(8, 8, 1)
        assert np.array_equal(pixels, test.images_NHWC[one["index"]])
        assert one["label"] == test.labels_N[one["index"]]
        assert one["src"].startswith("data:image/png;base64,")
    assert given["sample"]["index"] == 7


def test_other_images_are_the_next_ones_and_come_round(trained, screen):
    page = screen("playground")
    page.session_state["playground_shelf"] = 1
    assert [one["index"] for one in stage(page.run())["samples"]] == list(range(18, 36))
    page.session_state["playground_shelf"] = 20
    assert [one["index"] for one in stage(page.run())["samples"]] == list(range(18))


def test_t_networks_and_image_stand_in_the_address(trained, lab, screen):
    [job] = lab.jobs()
    run_id = lab.reports.summary(job.id)["run_ids"].iloc[2][0]
    page = screen("playground", play_T="4", runs=f"KD #{run_id}", sample="3", rotation="20", job=f"#{job.id}")
    assert not page.exception
    given = stage(page)
    assert (given["temperature"], given["sample"]["index"]) == (4.0, 3)
    assert [one["run_id"] for one in given["networks"]] == [run_id]
    assert given["drift"] == {"rotation": 20.0, "blur": 0.0, "noise": 0.0}
    [link] = [code.value for code in page.code]
    for part in ("play_T=4", "sample=3", f"%23{run_id}", "rotation=20", f"%23{job.id}"):
        assert part in link


def test_numbers_of_runs_alone_will_do(trained, lab, screen):
    [job] = lab.jobs()
    ids = [ids[0] for ids in lab.reports.summary(job.id)["run_ids"]]
    page = screen("playground", runs=f"{ids[1]},{ids[0]}")
    assert [one["run_id"] for one in stage(page)["networks"]] == [ids[1], ids[0]]


def test_a_deleted_run_in_the_address_is_told_and_the_others_answer(trained, lab, screen):
    [job] = lab.jobs()
    run_id = lab.reports.summary(job.id)["run_ids"].iloc[0][0]
    page = screen("playground", runs=f"{run_id},feedfeedfeedfeed")
    assert not page.exception
    assert "A network of this link is not here" in str(page.warning[0].proto)
    assert "feedfeedfeedfeed" in said(page)
    assert [one["run_id"] for one in stage(page)["networks"]] == [run_id]


def test_an_experiment_that_is_gone_is_told_and_the_newest_is_shown(trained, screen):
    page = screen("playground", job="Deleted #feed")
    assert not page.exception
    assert "No experiment 'feed'" in said(page)
    assert [one["name"] for one in stage(page)["networks"]] == STUDENT_NAMES


@pytest.mark.parametrize(
    "address",
    [
        {"play_T": "3"},
        {"play_T": "warm"},
        {"sample": "99999"},
        {"sample": "-1"},
        {"rotation": "nan"},
        {"rotation": "1e99", "blur": "-4", "noise": "much"},
        {"runs": "../../etc/passwd"},
    ],
    ids=str,
)
def test_nonsense_in_the_address_breaks_nothing(trained, screen, address):
    page = screen("playground", **address)
    assert not page.exception
    given = stage(page)
    assert given["temperature"] == 1.0
    assert given["sample"] is None
    assert given["drift"]["rotation"] in (0.0, 90.0)
    assert (given["drift"]["blur"], given["drift"]["noise"]) == (0.0, 0.0)


def test_running_without_a_network_waits(home, lab, filed, screen):
    filed("abc1", JobState.RUNNING)
    page = screen("playground")
    assert not page.exception
    assert "as soon as the first network is finished" in said(page)
    assert stage(page) is None


def test_failed_without_a_network_offers_nothing_to_draw_on(home, lab, filed, screen):
    filed("abc2", JobState.FAILED, error="the disk is full; free some space")
    page = screen("playground")
    assert not page.exception
    assert "No network of this experiment was finished" in said(page)


def test_without_the_engine_it_says_what_to_do(trained, screen, monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "FOLDER", tmp_path / "nowhere")
    engine.version.cache_clear()
    page = screen("playground")
    assert not page.exception
    assert "make run" in said(page)
    assert stage(page) is None
    monkeypatch.undo()
    engine.version.cache_clear()


def test_the_page_is_drawn_without_torch(trained, screen, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    assert not screen("playground").exception


def test_a_file_that_went_missing_is_the_browsers_to_tell(trained, screen):
    # Python offers what the store knows; the model's own address then answers with a message, which its column shows.
    for network in trained.rglob("network.onnx"):
        network.unlink()
    page = screen("playground")
    assert not page.exception
    assert len(stage(page)["networks"]) == 4


@pytest.mark.parametrize(
    ("task", "teacher", "given"),
    [
        ("spoken_digits", "sequence_cnn", {"kind": "sound", "shape": [13, 40], "features": "without_mean"}),
        ("speakers", "sequence_cnn", {"kind": "sound", "shape": [13, 40], "features": "with_mean"}),
        ("languages", "byte_cnn", {"kind": "text", "shape": [64], "dtype": "int64"}),
    ],
)
def test_sound_is_heard_and_text_is_read(lab, screen, task, teacher, given):
    budget = Budget(updates=4, batch_size=16)
    trained = TrainedTeacher(architecture=teacher, width=0.5, budget=budget)
    changes = {"teacher": trained, "budget": budget, "views": 2}
    job = lab.wait(lab.submit(TASKS.get(task).default.model_copy(update=changes)), 120)
    assert (job.state, job.error) == ("finished", None)
    page = screen("playground", job=job.id)
    assert not page.exception
    shown = stage(page)
    assert shown["task"] | given == shown["task"]
    assert shown["classes"] == list(TASKS.get(task).classes)
    assert "samples" not in shown
