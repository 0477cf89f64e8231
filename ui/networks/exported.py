"""The networks that can run in a browser: a run each, with the name and the look that it has on every screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from distill_core.errors import NotFound, said
from distill_core.lab import JobView, Lab
from distill_core.spec import ShippedTeacher
from distill_core.store import FOREIGN
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import _

__all__ = ["Network", "all_of", "anywhere", "left_out", "looks", "offered"]

MOST_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One run. ``build`` is the same for networks of one graph, which differ in their weights alone: architecture,
    width, stem stride, and parameters, since one that ends in its teacher's head has more of them; ``control`` is the
    name of a student's control, where it has one; ``file``: what its own file is in, float32 unless rounded;
    ``setting``: what its look follows from (``style.setting``); ``shipped``: the teacher in assets whose file stands in
    for the run's own."""

    run_id: str
    name: str
    role: str
    task: str
    build: tuple[str, float, int, float]
    test_accuracy: float | None = None
    control: str | None = None
    file: str = "float32"
    setting: str = ""
    shipped: str = ""

    @property
    def shown(self) -> str:
        """Its name beside an answer or a time, with what its file is in where that is not float32."""
        return self.name if self.file == "float32" else f"{self.name} ({self.file})"

    @property
    def label(self) -> str:
        """How a picker and the address call it."""
        return f"{self.name} #{self.run_id}"


def offered(lab: Lab, job: JobView, *, shipped: bool = False) -> list[Network]:
    """All finished networks of a job: teacher, controls, students; of several seeds the first. A teacher that is no
    network of this lab has no file to run, and one of an archive may have come without; ``shipped``: where it is one
    that ships, its file in assets stands in."""
    lost, teacher = set(lab.reports.left_out([job.id], "onnx")), _shipped(job) if shipped else ""
    networks = []
    for row in _finished(lab, job):
        network = _network(row, row["run_ids"][0], job.experiment.task)
        if network.run_id not in lost:
            networks.append(network)
        elif teacher and network.role == "teacher":
            networks.append(replace(network, shipped=teacher))
    return networks


def _shipped(job: JobView) -> str:
    """The name of the teacher in assets; "" for any other teacher."""
    teacher = job.experiment.teacher
    return teacher.name if isinstance(teacher, ShippedTeacher) else ""


def left_out(lab: Lab, job: JobView, *, shipped: bool = False) -> str:
    """Which finished networks of a job an archive left the files of; "" where it has all. ``shipped`` as above."""
    lost, finished = set(lab.reports.left_out([job.id], "onnx")), _finished(lab, job)
    stands_in = {"teacher"} if shipped and _shipped(job) else set()
    missed = [row for row in finished if row["run_ids"][0] in lost and row["role"] not in stands_in]
    names = [words.plain(row["student"]) for row in missed]
    if len(names) > MOST_NAMED:
        return _("{count} of {all} networks came without a file to run.", count=len(names), all=len(finished))
    return _("Came without a file to run: {networks}.", networks=words.join(names)) if names else ""


def _finished(lab: Lab, job: JobView) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = kept(
        ("networks", lab.reports.results_version([job.id], everywhere=False)),
        lambda: lab.reports.summary(job.id).to_dict("records"),
    )
    return [row for row in rows if row["run_ids"] and row["architecture"] != FOREIGN]


def anywhere(lab: Lab, run_id: str, taken: Sequence[str]) -> Network:
    """A finished network of any experiment; its name carries its number where it is among ``taken``.

    Raises: NotFound.
    """
    row = kept(("run", lab.reports.runs_version(), run_id), lambda: lab.reports.result(run_id).to_dict())
    if row["state"] != "finished":
        raise NotFound(said("run {run_id!r} failed; choose another network", run_id))
    if row["architecture"] == FOREIGN:
        raise NotFound(
            said("run {run_id!r} is no network of this lab, and has no file; choose another network", run_id)
        )
    if run_id in lab.reports.left_out([row["job_id"]], "onnx"):
        raise NotFound(said("run {run_id!r} came with an archive without its file; choose another network", run_id))
    name = f"{row['student']} #{run_id[:4]}" if row["student"] in taken else row["student"]
    return _network(row | {"student": name}, run_id, row["task"])


def all_of(offered: Sequence[Network], chosen: Sequence[Network]) -> list[Network]:
    """All that an experiment offers, then the chosen ones of others."""
    own = {network.run_id for network in offered}
    return [*offered, *(network for network in chosen if network.run_id not in own)]


def looks(networks: Sequence[Network], *, dark: bool) -> dict[str, Look]:
    """How each is drawn; with all of an experiment's networks in it, as on every other screen."""
    settings = {network.name: network.setting or network.name for network in networks}
    return style.looks({network.name: network.role for network in networks}, dark=dark, settings=settings)


def _network(row: Mapping[str, Any], run_id: str, task: str) -> Network:
    accuracy, control = row["test_accuracy"], row.get("control")
    return Network(
        run_id=run_id,
        name=row["student"],
        role=row["role"],
        task=task,
        build=(row["architecture"], row["width"], row["stem_stride"], row["parameters"]),
        test_accuracy=float(accuracy) if accuracy == accuracy else None,
        control=control if isinstance(control, str) else None,
        file=row["file"],
        setting=style.setting(row),
    )
