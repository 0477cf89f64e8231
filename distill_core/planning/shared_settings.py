"""What the settings that all students share demand of each of them."""

from collections.abc import Sequence

from distill_core.errors import InvalidSetting, said
from distill_core.methods import METHODS
from distill_core.networks import entry_of
from distill_core.spec import Experiment, Student


def check_mode(students: Sequence[Student], experiment: Experiment) -> None:
    """Refuse mixup in cached mode: cached logits of views are none of their mixtures."""
    mixing = [student for student in students if METHODS.get(student.method).uses_mixup]
    if mixing and experiment.mode == "cached":
        raise InvalidSetting(
            said("the mode of {student!r}", mixing[0].name),
            expected="consistent: its teacher is asked about every batch, since each mixes examples anew",
            got="cached",
            hint="choose the consistent mode, or another method",
        )


def check_n3(students: Sequence[Student], experiment: Experiment) -> None:
    """Raises InvalidSetting where N3 has a weight and a network no embeddings of a graph."""
    others = [student for student in students if not entry_of(student.architecture).n3]
    if experiment.optimiser.n3 and others:
        raise InvalidSetting(
            said("N3 weight, for {student!r}", others[0].name),
            expected="a network of embeddings of a knowledge graph",
            got=entry_of(others[0].architecture).title,
            hint="set it to 0, or choose another network",
        )
