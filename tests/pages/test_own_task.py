"""Pages and a task of own colour pictures: each shows it as one that ships, by the names that its owner gave."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from distill_core.lab import Lab
from distill_core.spec import Budget, TrainedTeacher
from tests.own_pictures import pictures
from tests.pages.visiting import visit
from tests.quick import QUICK_TIMER, experiment, student

TITLE, CLASSES = "Pets & <b>猫</b> $x$", ("_dog_", "golden_retriever", "猫")
SHOWN = "Pets & ＜b＞猫＜/b＞ ＄x＄"
PLACES = {
    ("home", ""): {},
    ("train", ""): {"train_show": "Watch"},
    ("compare", ""): {},
    ("compare", "Confusion"): {"details": "Confusion"},
    ("compare", "Disagreements"): {"details": "Disagreements"},
    ("benchmark", ""): {},
    ("playground", ""): {},
    ("compress", ""): {},
    ("methods", ""): {"part": "Explore a method"},
    ("robustness", ""): {},
    ("robustness", "Calibration"): {"facet": "Calibration"},
}


@pytest.fixture(scope="session")
def own_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with own data and a finished experiment on them."""
    folder = pictures(tmp_path_factory.mktemp("pictures"), dict.fromkeys(CLASSES, 20))
    home = tmp_path_factory.mktemp("own")
    with closing(Lab.open(home, timer=QUICK_TIMER)) as lab:
        data = lab.own_data.add_images(folder, TITLE, side_px=16)
        teacher = TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=8, batch_size=16))
        students = student(labels=12), student("KD, all", labels=12, transfer="all")
        asked = experiment(*students, task=data.name, teacher=teacher.model_dump())
        job = lab.wait(lab.submit(asked), 120)
        assert (job.state, job.error) == ("finished", None)
    return home


@pytest.fixture
def own(home: Path, own_once: Path) -> Path:
    shutil.copytree(own_once, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def name(lab) -> str:
    return lab.own_data.listed()[0].name


def test_every_page_shows_own_data(own, screen, name, lab):
    job = lab.jobs()[0]
    visit(screen, job, shown={**PLACES, ("temperature", ""): {"task_seen": name}}, refused={}, told="This part")


def test_forms_offer_own_data_by_their_title(own, screen, name):
    page = screen("train")
    assert SHOWN in page.selectbox(key="train_task").options
    page.selectbox(key="train_task").select(name).run()
    assert [*page.exception, *page.error, *page.warning] == []
    assert page.selectbox(key="train_teacher").options[0] == "ResNet-20"
    assert not page.button(key="train_start").disabled


def test_pages_without_the_data_say_so(own, screen, name, lab):
    job = lab.jobs()[0]
    lab.own_data.remove(name)
    for (page_name, part), where in PLACES.items():
        page = screen(page_name, **({"job": job.id} if page_name != "home" else {}), **where)
        assert ((page_name, part), [*page.exception]) == ((page_name, part), [])
    page = screen("train")
    assert SHOWN not in page.selectbox(key="train_task").options
