"""The other question about a recording: who speaks, where the experiment asks what is said, and the other way round."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from distill_core.lab import JobView, Lab
from distill_core.tasks import Task
from distill_core.tasks.sound import SOUND
from distill_core.tasks.sound.fsdd import SPEAKERS
from ui.networks import exported, style
from ui.networks.exported import Network
from ui.screens.playground import choose, shipped, stage
from ui.text import titles
from ui.text.language import _

__all__ = ["Question", "asked", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A task whose ``networks`` answer too; the teacher that ships where this lab has none of it."""

    task: Task
    networks: tuple[Network, ...]


def asked(lab: Lab, jobs: Sequence[JobView], task: Task) -> Question | None:
    """The newest networks of the first task that hears a recording by other features; None where there is none."""
    other = next((one for one in lab.catalog.tasks() if one.kind == SOUND and one.features != task.features), None)
    if other is None:
        return None
    trained = (exported.offered(lab, job) for job in jobs if job.experiment.task == other.name)
    networks = next((choose.default(offered) for offered in trained if offered), None) or shipped.networks(lab, other)
    return Question(task=other, networks=tuple(networks)) if networks else None


def told(lab: Lab, jobs: Sequence[JobView], task: Task) -> dict[str, Any]:
    """What the browser is told: the title of the task, and the question beside it."""
    title = {"title": titles.task(lab, task.name), "note": _note(task)}
    question = asked(lab, jobs, task)
    if question is None:
        return title
    networks = question.networks
    files = shipped.files(networks)
    hashes = lab.devices.file_hashes([one.run_id for one in networks if one.run_id not in files])
    looks = exported.looks(networks, dark=style.dark())
    other = question.task
    return title | {
        "beside": {
            "task": stage.examples(other),
            "title": titles.task(lab, other.name),
            "note": _note(other),
            "classes": list(other.classes),
            "networks": stage.shown(networks, looks, hashes, files),
        }
    }


def _note(task: Task) -> str:
    if task.classes != SPEAKERS:
        return ""
    return _("It knows {count} voices alone, and takes whoever else speaks for one of them.", count=len(SPEAKERS))
