"""Pages and a knowledge graph: it is trained like any other task, and what is for images says so."""

import base64

import numpy as np
import pytest

from distill_core.tasks import TASKS
from distill_core.tasks.graph.medicine import PARTS, WRONG, read_facts
from distill_core.tasks.graph.medicine_names import RELATIONS
from tests.pages.test_playground import stage
from tests.pages.test_train import edit, labels
from tests.pages.visiting import compared_in, visit
from ui.screens.playground import graph

TASK = "medicine"
REFUSED = (
    "Adapting is for images, scenes and recordings, and the examples of Medicine, a knowledge graph are questions."
)


@pytest.fixture(scope="module")
def compared_once(tmp_path_factory):
    return compared_in(tmp_path_factory.mktemp("medicine"), TASK, teacher="complex", width=0.5)


@pytest.fixture
def trained(lab, compared_once):
    return lab.job(compared_once.job_id)


def test_every_page_shows_what_it_can_of_a_graph(screen, trained):
    shown = {
        ("compare", ""): {},
        ("compare", "Disagreements"): {"details": "Disagreements"},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("methods", ""): {"part": "Explore a method"},
        ("temperature", ""): {"task_seen": TASK},
        ("compress", ""): {},
    }
    refused = {("robustness", "Adapt"): {"facet": "Adapt"}}
    visit(screen, trained, shown=shown, refused=refused, told=REFUSED)


def test_the_playground_begins_with_a_question_of_the_address(screen, lab, trained):
    told = graph.told(lab, TASKS.get(TASK))
    assert (len(told["relations"]), sum(told["counts"]), told["asked"]["turned"]) == (46, 6_529, False)
    assert (told["asked"]["entity"] in TASKS.get(TASK).classes, told["asked"]["relation"] in RELATIONS) == (True, True)
    page = screen("playground", job=trained.id, entity="bird", relation="is a", turned="yes")
    assert not page.exception
    given = stage(page)
    assert given["asked"] == {"entity": "bird", "relation": "is a", "turned": True}
    facts_N3 = np.frombuffer(base64.b64decode(given["facts"]), np.uint8).reshape(-1, 3)
    assert np.array_equal(facts_N3, np.concatenate([read_facts()[part] for part in PARTS]))
    [link] = [code.value for code in page.code]
    assert {"entity=bird", "turned=yes"} <= set(link.split("?")[1].split("&"))


def test_the_playground_marks_the_facts_that_a_task_learns_from_wrong_ones_too(lab):
    true, wrong = (
        np.frombuffer(base64.b64decode(graph.facts(lab.catalog.parts(name))["facts"]), np.uint8).reshape(-1, 3)
        for name in (TASK, WRONG)
    )
    assert np.array_equal(true[:, :2], wrong[:, :2])
    differ_N = (true != wrong).any(1)
    assert (differ_N[:5_216].mean(), differ_N[5_216:].any()) == (pytest.approx(0.2, abs=0.02), False)


@pytest.mark.parametrize(("entity", "relation"), [("nobody", "causes"), ("bird", "loves"), ("", "")])
def test_a_question_that_the_graph_does_not_know_is_the_first_one(screen, trained, entity, relation):
    page = screen("playground", job=trained.id, entity=entity, relation=relation)
    assert not page.exception
    assert tuple(stage(page)["asked"].values()) == (*graph.OPENING, False)


@pytest.mark.parametrize(("task", "offered"), [(TASK, False), ("scenes", False), ("digits", True)])
def test_a_class_is_held_out_only_where_an_example_has_one(screen, task, offered):
    page = screen("train", task=task, train_advanced="true")
    edit(page, 0)
    assert not page.exception
    assert ("Held-out class" in labels(page)) == offered
