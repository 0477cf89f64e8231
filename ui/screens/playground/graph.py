"""Questions to networks of a knowledge graph: its relations, what is known, and what is asked."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from distill_core.lab import Lab
from distill_core.tasks import Task, TaskData
from distill_core.tasks.graph.medicine_names import RELATIONS
from distill_core.tasks.graph.questions import Questions
from ui.screens.playground import stage

__all__ = ["OPENING", "address", "asked", "facts", "told"]

# What is asked at first: of its seven known answers one is of the test part, and few labels do not tell of any.
OPENING = ("virus", "causes")


def told(lab: Lab, task: Task) -> dict[str, Any]:
    """What a browser knows of the graph, and the question."""
    return {**facts(lab.catalog.parts(task.name)), "asked": asked(task)}


def facts(data: TaskData) -> dict[str, Any]:
    """``facts``: head, relation, tail of each fact of the data, 8 bits each; ``counts``: facts of training, validation
    and test, in this order."""
    parts = [_forwards(part) for part in (data.train, data.valid, data.test)]
    packed = base64.b64encode(np.concatenate(parts).astype(np.uint8).tobytes()).decode()
    return {"relations": list(RELATIONS), "facts": packed, "counts": [len(facts_N3) for facts_N3 in parts]}


def _forwards(part: Questions) -> np.ndarray:
    """(N, 3): the facts that a part's questions ask for, each from its head."""
    relations_N = part.questions_N2[:, 1] - len(part.known_ERE)
    facts_N3 = np.stack([part.questions_N2[:, 0], relations_N, part.labels_N], 1)
    return facts_N3[relations_N < len(RELATIONS)]


def asked(task: Task) -> dict[str, Any]:
    """The question: as the visitor left it, at first as the address says. ``turned``: the entity is the fact's tail."""
    kept = (st.session_state.get(stage.KEY) or {}).get("asked") or {
        "entity": st.query_params.get("entity"),
        "relation": st.query_params.get("relation"),
        "turned": st.query_params.get("turned") == "yes",
    }
    entity, relation = kept.get("entity"), kept.get("relation")
    known = entity in task.classes and relation in RELATIONS
    first, second = (entity, relation) if known else OPENING
    return {"entity": first, "relation": second, "turned": bool(kept.get("turned"))}


def address(task: Task) -> Mapping[str, str]:
    """``asked`` as an address holds it."""
    question = asked(task)
    shown = {"entity": question["entity"], "relation": question["relation"]}
    return {**shown, "turned": "yes"} if question["turned"] else shown
