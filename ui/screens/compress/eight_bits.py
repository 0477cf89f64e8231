"""What this machine's own kind of CPU makes of 8-bit files: what was measured first, then what is known of CPUs."""

from distill_core.deployment.int8_cpu import int8_instruction
from distill_core.spec import Experiment
from ui.findings import taken
from ui.screens.compress.pipeline import Pipeline, Stage
from ui.text import words
from ui.text.language import N_, _

__all__ = ["asks_for_int8", "known", "measured", "told"]

WHICH = N_(
    "CPUs that multiply 8-bit numbers themselves (VNNI, AMX, the dot product of Arm) run int8 files faster than "
    "float32 ones; others, with AVX2 alone, ran them 1.4 to 3.2 times slower."
)


def measured(pipeline: Pipeline) -> tuple[str, ...]:
    """A sentence for each int8 file that was timed here, beside the float32 file that it was made of."""
    return tuple(
        filter(None, (_beside(stage, pipeline.before(stage)) for stage in pipeline.done if stage.file == "int8"))
    )


def known(instruction: str | None) -> str:
    """What can be said of a CPU before anything is timed; ``instruction`` as ``int8_instruction`` tells it."""
    if instruction is None:
        return f"{_('Whether this CPU has such an instruction is not known here.')} {_(WHICH)}"
    if instruction:
        return f"{_(WHICH)} {_('This CPU is of the first kind ({instruction}).', instruction=instruction)}"
    return f"{_(WHICH)} {_('This CPU is of the second kind.')}"


def asks_for_int8(experiment: Experiment) -> bool:
    """Whether a chain writes an int8 file."""
    starts = [student.start for student in experiment.students if student.start]
    return any(start.change and start.change.step == "int8" for start in starts)


def told() -> str:
    """``known`` of the CPU of this machine."""
    return known(int8_instruction())


def _beside(stage: Stage, before: Stage | None) -> str:
    now, then = stage.cost("p50_ms"), before.cost("p50_ms") if before else None
    if not now or not then or not taken.together(stage.taken, before.taken if before else {}):
        return ""
    return _(
        "On this CPU the int8 file of {network} takes {times} times the float32 p50 ({now}, {then} as float32).",
        network=words.plain(stage.name),
        times=words.number(now / then, 2),
        now=words.milliseconds(now),
        then=words.milliseconds(then),
    )
