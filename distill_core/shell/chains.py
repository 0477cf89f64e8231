"""Reads the words of ``compress`` into a chain of compression."""

import argparse
from typing import Any

from distill_core.compression import STEPS
from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS
from distill_core.spec import StoredTeacher, TeacherSpec
from distill_core.templates.compression_chain import CompressionChain, default_chain
from distill_core.templates.presets import TEACHER

# Of another network than the default one: which slice fits depends on its family.
STEPS_OF_ANY = ("prune:keep=0.5", "kd", "int8")
# Settings of a link that are no parameters of its step.
OF_LINK = {"architecture", "width", "after"}
WORDS = {"true": True, "false": False}


def chain_of(
    chosen: argparse.Namespace, task: str, network: TeacherSpec, teacher: TeacherSpec | None = None
) -> CompressionChain:
    """The chain that the command's words ask for, from this network; without another ``teacher`` it teaches. Raises
    InvalidSetting, also for a network that is no run beside another teacher."""
    usual = default_chain()
    if teacher and not isinstance(network, StoredTeacher):
        expected, hint = "a run or an experiment to compress", "name one, or leave --teacher out"
        raise InvalidSetting("--teacher", expected=expected, got=network.key, hint=hint)
    steps = chosen.steps or (() if network == TEACHER else STEPS_OF_ANY)
    links = [_link(word) for word in steps] or [link.model_dump() for link in usual.links]
    budget = {**usual.budget.model_dump(), **({} if chosen.updates is None else {"updates": chosen.updates})}
    given = {name: getattr(chosen, name) for name in ("labels", "seeds") if getattr(chosen, name) is not None}
    return CompressionChain.of(
        {
            "task": task,
            "teacher": (teacher or network).model_dump(),
            "start": network.model_dump() if teacher else None,
            "links": links,
            "budget": budget,
            "controls": not chosen.no_controls,
            **given,
        }
    )


def _link(word: str) -> dict[str, Any]:
    """``prune:keep=0.5`` as a step, ``kd:temperature=4`` as a training."""
    name, _, rest = word.partition(":")
    given = dict(_setting(word, part) for part in rest.split(",") if part)
    if name in METHODS:
        return {"method": name, **given}
    if name not in STEPS:
        expected, hint = "a step of compression, or a method that trains", "list steps and list methods name them"
        raise InvalidSetting("a step", expected=expected, got=name, hint=hint)
    own = {key: given.pop(key) for key in OF_LINK & given.keys()}
    numbers = {key: value for key, value in given.items() if isinstance(value, float)}
    texts = {key: value for key, value in given.items() if key not in numbers}
    return {"step": name, **own, "parameters": numbers, "choices": texts}


def _setting(word: str, part: str) -> tuple[str, Any]:
    name, sign, value = part.partition("=")
    if not (sign and value):
        hint = "write it as prune:keep=0.5,multiple=16"
        raise InvalidSetting(f"the step {word}", expected="NAME=VALUE after the colon", got=part, hint=hint)
    try:
        return name, float(value)
    except ValueError:
        return name, WORDS.get(value, value)
