"""What other programs use of the processors, from literal clocks."""

from collections.abc import Iterator

import pytest

from distill_core.jobs.system_load import OtherProgramsLoad, ProcessorTimes


def load(*moments: tuple[float, float, float] | None, processors: int = 2) -> OtherProgramsLoad:
    told: Iterator[ProcessorTimes | None] = iter(
        [moment and ProcessorTimes(clock=moment[0], all_programs=moment[1], own=moment[2]) for moment in moments]
    )
    return OtherProgramsLoad(lambda: next(told), processors)


@pytest.mark.parametrize(
    ("moment", "share"),
    [
        ((10.0, 20.0, 0.0), 1.0),  # both processors, all the time
        ((10.0, 15.0, 0.0), 0.75),
        ((10.0, 15.0, 15.0), 0.0),  # it was this process itself
        ((10.0, 20.0, 10.0), 0.5),
        ((10.0, 8.0, 9.0), 0.0),  # clocks of different steps
        ((100.0, 150.0, 0.0), None),  # too long ago to be now
        ((0.5, 1.0, 0.0), None),  # too short to say
        (None, None),
    ],
)
def test_the_share_of_others_since_the_last_look(
    moment: tuple[float, float, float] | None, share: float | None
) -> None:
    assert load((0.0, 0.0, 0.0), moment).share() == share


def test_a_look_right_after_another_tells_the_same() -> None:
    seen = load((0.0, 0.0, 0.0), (10.0, 15.0, 0.0), (10.1, 15.0, 0.0), (12.0, 15.0, 0.0))
    assert [seen.share() for _ in range(3)] == [0.75, 0.75, 0.0]


def test_a_system_that_does_not_say_leaves_it_open() -> None:
    assert load(None, (5.0, 5.0, 0.0)).share() is None


def test_this_machine_is_asked() -> None:
    assert OtherProgramsLoad().share() is None
