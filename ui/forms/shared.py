"""What specifications share: the fields of task, teacher and network, and values that fit each other."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.networks import ARCHITECTURES, Architecture
from distill_core.spec import Budget, Experiment, Student
from ui.forms import fields, spec_form, task_picker
from ui.forms.spec_form import Form, Path
from ui.text import titles
from ui.text.language import N_, _

if TYPE_CHECKING:
    from ui.forms.draft import Draft

__all__ = [
    "budget",
    "fitted",
    "network",
    "network_of",
    "plain_teacher",
    "shape",
    "task",
    "teacher",
    "with_labels",
    "with_network",
]

# The teacher of the specification, where no picker offers it.
KEPT = N_("as in the specification")
TEACHER_HELP = N_("Networks that ship or are trained first, then finished networks of this task, the newest first.")


def task(form: "Draft", lab: Lab, then: Callable[[], None] | None = None) -> str:
    """The task; after another one was chosen the values are fitted to it."""

    def fit() -> None:
        form.put((), fitted(lab, form.values, form.usual()))
        if then:
            then()

    def take(name: str) -> None:
        form.put(("task",), name)
        fit()

    names, asked = titles.tasks(lab), form.get(("task",))
    groups = titles.task_groups(lab, names, asked)
    form.choice(Experiment, "task", offered=list(groups), shown=groups, then=fit)
    task_picker.member(lab, list(names), asked, form.key(("task",)), take)
    return str(asked)


def teacher(form: Form, lab: Lab) -> tuple[TeacherOption | None, bool]:
    """The teacher of the task: what is chosen, None for one of the specification that no picker offers; and whether one
    that was trained here is offered."""
    asked, now = form.get(("task",)), fields.choice_of(form.get(("teacher",)))
    known = asked in titles.tasks(lab)
    offered: Mapping[str, TeacherOption] = fields.teachers(lab, asked, now.key if now else None) if known else {}
    chosen = next((name for name, option in offered.items() if option.choice == now), KEPT)
    shown = {KEPT: _(KEPT), **titles.teachers(offered)}

    def take(name: str) -> Any:
        return plain_teacher(offered[name]) if name in offered else form.get(("teacher",))

    label = spec_form.title(Experiment, "teacher")
    form.option(label, ("teacher",), chosen, [*offered], shown=shown, read=take, help=_(TEACHER_HELP))
    return offered.get(chosen), any(option.created_at for option in offered.values())


def network(form: Form, lab: Lab, at: Path = (), then: Callable[[], None] | None = None) -> None:
    """One of the networks that take the examples of the task; ``then``, by default: in a shape that it has."""
    names = [entry.name for entry in fields.architectures(lab, form.get(("task",)))]
    fit = then or (lambda: form.put(at, with_network(form.get(at))))
    form.choice(Student, *at, "architecture", offered=names, shown=titles.networks(), then=fit)


def shape(form: Form, at: Path = ()) -> None:
    """Width and stride, where the network has a choice of them."""
    net = network_of(form.get(at, {}))
    if net and len(net.widths) > 1:
        form.number(Student, *at, "width", between=(min(net.widths), max(net.widths)))
    if net and len(net.stem_strides) > 1:
        form.choice(Student, *at, "stem_stride", offered=net.stem_strides)


def budget(form: Form) -> None:
    for name in ("updates", "batch_size"):
        form.number(Budget, "budget", name)


def network_of(values: Mapping[str, Any]) -> Architecture | None:
    """The network of a student; None where the lab knows none of this name."""
    return next((entry for entry in ARCHITECTURES if entry.name == values.get("architecture")), None)


def with_network(values: Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    """A student with a network of these, its own by default, in a shape that the network has."""
    found = dict(values) if not names or values.get("architecture") in names else {**values, "architecture": names[0]}
    net = network_of(found)
    if net and len(net.widths) == 1:
        found["width"] = net.widths[0]
    if net and len(net.stem_strides) == 1:
        found["stem_stride"] = net.stem_strides[0]
    return found


def fitted(lab: Lab, values: Mapping[str, Any], usual: Mapping[str, Any] = {}) -> dict[str, Any]:
    """The values with a teacher of their task, its first where theirs teaches another; where their network does not
    take its examples, with the network, the labels and the budget of the comparison that it begins with, or the
    ``usual`` ones of the form for a task of images."""
    offered, now = fields.teachers(lab, values["task"]), fields.choice_of(values.get("teacher"))
    found = dict(values)
    if offered and all(option.choice != now for option in offered.values()):
        found["teacher"] = plain_teacher(next(iter(offered.values())))
    names = [entry.name for entry in fields.architectures(lab, values["task"])]
    if "architecture" not in found:
        return found
    if found["architecture"] not in names:
        found |= _begins_with(lab, found, usual)
    return with_labels(lab, with_network(found, names), values["task"])


def with_labels(lab: Lab, values: Mapping[str, Any], task: str) -> dict[str, Any]:
    """The values with no more labels than a task has: those that its comparison begins with."""
    labels = values.get("labels")
    if not isinstance(labels, int) or task not in lab.tasks or labels <= lab.tasks.get(task).counts.train:
        return dict(values)
    return {**values, "labels": lab.catalog.first_experiment(task).students[0].labels}


def _begins_with(lab: Lab, values: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Network, labels and budget of the comparison that the task of these values begins with, as far as they have
    them."""
    default = lab.tasks.get(values["task"]).default
    first = usual
    if default is not None:
        first = {**default.students[0].model_dump(mode="json"), "budget": default.budget.model_dump(mode="json")}
    shared = ("architecture", "width", "stem_stride", "labels", "budget")
    return {name: first[name] for name in shared if name in values and name in first}


def plain_teacher(option: TeacherOption) -> dict[str, Any]:
    """The teacher as a specification has it, as plain JSON."""
    found: dict[str, Any] = option.choice.model_dump(mode="json")
    return found
