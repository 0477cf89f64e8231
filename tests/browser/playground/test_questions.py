"""The Playground of a knowledge graph: what is typed, what is no question, and the graph around an entity, answered by
every network of graphs in each format."""

from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from distill_core.tasks import TASKS, null_sink
from distill_core.tasks.graph.medicine_names import ENTITIES, RELATIONS
from tests.browser.playground.acts import SLOW_MS
from tests.browser.playground.test_listening import Addresses, agree_on, exported, lab, opened
from ui.screens.playground import graph

__all__ = ["lab"]

expect.set_options(timeout=SLOW_MS)

TASK = TASKS.get("medicine")
GIVEN = {"name": "medicine", "kind": "question", "shape": [2], "dtype": "int64"}
ASKED = "window.asked.findLast(one => one.kind === 'ask' && one.count === {count} && one.input[1] === {relation}n)"


def told() -> dict[str, Any]:
    first = {"entity": graph.OPENING[0], "relation": graph.OPENING[1], "turned": False}
    return {**graph.facts(TASK.load(Path("."), null_sink)), "asked": first}


def test_a_question_that_is_typed_is_answered_as_the_server_would(lab: Addresses, page: Page) -> None:
    files = exported(TASK.input, len(ENTITIES), ("float32", "float16"))
    opened(page, lab, files, GIVEN, ENTITIES, **told())
    expect(page.locator(".prompt")).to_have_text("virus – causes – ?")
    entity, relation = page.get_by_role("combobox", name="Entity"), page.get_by_role("combobox", name="Relation")
    entity.fill("Viral thing")
    expect(entity).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("status").filter(has_text="is not in the graph")).to_be_visible()
    expect(page.locator(".graph")).to_be_hidden()
    entity.fill("")
    expect(page.get_by_text("Type or choose an entity.")).to_be_visible()
    entity.fill("Virus")
    relation.fill("causes")
    page.get_by_label("Ask for the other end of the fact").check()
    expect(page.locator(".prompt")).to_have_text("? – causes – virus")
    place = len(ENTITIES) + len(RELATIONS) + RELATIONS.index("causes")
    wanted = ASKED.format(count=1, relation=place)
    page.wait_for_function(f"{wanted} && document.querySelectorAll('.fan').length === {len(files)}")
    page.wait_for_function(f"window.told.some(one => one.id === ({wanted}).id)")
    agree_on(page, files, np.array([ENTITIES.index("virus"), place]), wanted)
    page.wait_for_function("window.kept?.value.turned === true")
    assert page.evaluate("window.kept") == {
        "name": "asked",
        "value": {"entity": "virus", "relation": "causes", "turned": True},
    }
    page.get_by_label("All relations of the entity").check()
    page.wait_for_function(
        "document.querySelectorAll('.fan svg path').length === 10 * document.querySelectorAll('.fan').length"
    )
    expect(page.get_by_role("img", name="virus: ").filter(has_text="→").first).to_be_visible()
