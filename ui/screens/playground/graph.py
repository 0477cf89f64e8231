"""Questions to networks of a knowledge graph: its relations, what is known, and what is asked."""

import base64
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from distill_core.tasks import Task
from distill_core.tasks.graph.medicine import PARTS, read_facts
from distill_core.tasks.graph.medicine_names import RELATIONS
from ui.screens.playground import stage

__all__ = ["OPENING", "address", "asked", "facts", "told"]

# What is asked at first: of its seven known answers one is of the test part, and few labels do not tell of any.
OPENING = ("virus", "causes")


def told(task: Task) -> dict[str, Any]:
    """What a browser knows of the graph, and the question."""
    return {**facts(), "asked": asked(task)}


def facts() -> dict[str, Any]:
    """``facts``: head, relation, tail of each known fact, 8 bits each; ``counts``: facts of training, validation and
    test, in this order."""
    counts = [len(read_facts()[part]) for part in PARTS]
    return {"relations": list(RELATIONS), "facts": _packed(), "counts": counts}


@cache
def _packed() -> str:
    facts_N3 = np.concatenate([read_facts()[part] for part in PARTS])
    return base64.b64encode(facts_N3.astype(np.uint8).tobytes()).decode()


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
