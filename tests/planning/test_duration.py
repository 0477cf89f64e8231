"""What a job should take, from literal paces; and how finished jobs correct them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from distill_core.deployment.server_measurement import WAY_SECONDS, StoredLatencies
from distill_core.jobs.torch_import import import_torch
from distill_core.machine import environment, resolve_precision
from distill_core.networks import Blueprint, profile
from distill_core.planning.duration import (
    WATCHED_CORES,
    Estimate,
    _processor_factor,
    slowness_of,
    speed_factor,
)
from distill_core.planning.machine_pace import BUILT_IN, EMULATED, MachinePace
from distill_core.planning.progress import GETTING_READY, LOADING, MEASURING, JobProgress
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.planning.work import macs_by_run
from distill_core.spec import Budget, Experiment, ShippedTeacher
from distill_core.store import JobState, Store, TrainingTime
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import chain_experiment, default_chain
from distill_core.templates.presets import default_experiment
from tests.quick import KNOWN_TEACHER, estimate, experiment, student
from tests.store.records import a_job, a_run

FAST = MachinePace(
    update_seconds=0.004,
    small_macs_per_second=6e10,
    large_macs_per_second=6e10,
    forward_macs_per_second=7e10,
    teacher_macs_per_second=14e10,
    float32_slowness=1.25,
    own="bfloat16",
    threads=2,
    step_threads=2,
)
# Two cores with AVX2 that multiply 15e9 pairs a second each.
SLOW = MachinePace(
    update_seconds=0.006,
    small_macs_per_second=1e10,
    large_macs_per_second=1.1e10,
    forward_macs_per_second=1.2e10,
    teacher_macs_per_second=1.2e10,
    float32_slowness=1.0,
    own="float32",
    threads=2,
    step_threads=2,
)
SMALL = Blueprint.for_images(architecture="resnet8", classes=10, channels=1, size_px=28, stem_stride=2)
# One thread and all, an image and a batch.
GRAPH_SECONDS = 4 * WAY_SECONDS
EXPERIMENT = resolve_experiment(default_experiment().model_copy(update={"precision": "float32"}))


def known() -> ResolvedTeacher:
    return resolve_teacher(
        EXPERIMENT.teacher, TASKS.get(EXPERIMENT.task), EXPERIMENT.precision, lambda run: pytest.fail(run)
    )


def expected(machine: MachinePace, slowness: float = 1.0, seeds: int = 1) -> dict[str, float]:
    import_torch()
    full = resolve_experiment(default_experiment(seeds).model_copy(update={"precision": "float32"}))
    return estimate(full, known(), expand(full, known()), slowness=slowness, machine=machine).stages()


def training_seconds(asked: Experiment) -> float:
    """Seconds of a small network's training on the slow machine."""
    (planned,) = (run for run in expand(asked, known()) if run.role == "control")
    return estimate(asked, known(), [planned], machine=SLOW).training_seconds(replace(planned, blueprint=SMALL))


def of_stored(planned: Sequence[PlannedRun], there: Sequence[PlannedRun], latencies: StoredLatencies) -> Estimate:
    """What these runs should take where the teacher and some of them are stored."""
    keys, made = [run.key for run in there], [known().fingerprint]
    return estimate(EXPERIMENT, known(), planned, there=keys, made=made, machine=SLOW, latencies=latencies)


def test_an_update_is_its_sums_and_what_it_costs_beside_them() -> None:
    """100 images of a million: 3e8 multiplications, on one thread or on two that are 1.8 times as fast."""
    pace = replace(SLOW, small_macs_per_second=1e10, large_macs_per_second=2e10, update_seconds=0.005)
    assert pace.step_seconds(10**6, 100, small=True, precision="float32") == pytest.approx(0.005 + 0.03)
    two = pace.step_seconds(10**6, 100, small=False, precision="float32")
    assert two == pytest.approx(0.005 + 0.015 / 2**0.85)
    # Two logical cores that are one physical: two networks side by side, and each steps on one thread.
    alone = replace(pace, threads=2, step_threads=1).step_seconds(10**6, 100, small=False, precision="float32")
    assert alone == pytest.approx(0.02)


def test_another_arithmetic_than_the_machines_own_takes_longer() -> None:
    own = FAST.step_seconds(10**6, 100, small=True, precision="bfloat16")
    assert FAST.step_seconds(10**6, 100, small=True, precision="float32") == pytest.approx(1.25 * own)
    plain = SLOW.step_seconds(10**6, 100, small=True, precision="float32")
    assert SLOW.step_seconds(10**6, 100, small=True, precision="bfloat16") == pytest.approx(EMULATED * plain)


def test_a_teacher_answers_in_the_arithmetic_of_the_experiment() -> None:
    """FAST answers 14e10 multiplications a second in bfloat16 and 7e10 in float32, on two threads."""
    one = 1 / 2**0.85
    assert FAST.teacher_seconds(14_000, 10**7, precision="bfloat16") == pytest.approx(one)
    assert FAST.teacher_seconds(14_000, 10**7, precision="float32") == pytest.approx(2 * one)
    plain = SLOW.teacher_seconds(1_000, 10**7, precision="float32")
    assert SLOW.teacher_seconds(1_000, 10**7, precision="bfloat16") == pytest.approx(EMULATED * plain)
    import_torch()
    live = resolve_experiment(experiment(student(transfer="all"), precision="bfloat16", mode="consistent"))
    taught = expand(live, KNOWN_TEACHER)
    images, macs = live.budget.updates * live.budget.batch_size, profile(KNOWN_TEACHER.blueprint).macs
    slower = replace(FAST, teacher_macs_per_second=7e10)
    found, other = (
        estimate(live, KNOWN_TEACHER, taught, machine=machine).stages()["Training"] for machine in (FAST, slower)
    )
    shared = FAST.threads / (FAST.threads - WATCHED_CORES)
    assert other - found == pytest.approx(shared * images * macs / 14e10 * one)


def test_a_training_takes_its_updates() -> None:
    import_torch()
    updates, macs = EXPERIMENT.budget.updates, profile(SMALL).macs
    assert training_seconds(EXPERIMENT) == pytest.approx(updates * (0.006 + 3 * 125 * macs / 1e10))


def test_the_default_comparison_on_two_kinds_of_machine() -> None:
    """The chart stands before latency is measured: about half a minute with AVX-512, two minutes on the other one."""
    for machine, least, most in ((FAST, 20, 40), (SLOW, 85, 140)):
        found = expected(machine)
        chart = sum(found.values()) - found[MEASURING]
        assert least < chart < most
        assert found[MEASURING] == 2 * GRAPH_SECONDS


def test_students_of_more_seeds_take_as_many_times_as_long_to_train() -> None:
    one, three = (expected(SLOW, seeds=seeds)["Training"] for seeds in (1, 3))
    # Three networks keep two threads busy to the end, and so do nine.
    assert three == pytest.approx(3 * one)


def test_one_core_has_no_second_student_beside_the_first() -> None:
    one, two = (expected(replace(SLOW, threads=threads, step_threads=threads))["Training"] for threads in (1, 2))
    assert one > 2 * two


def test_the_pace_is_that_of_the_machine_that_was_measured() -> None:
    import_torch()
    fast, guess, slow = (
        estimate(EXPERIMENT, known(), expand(EXPERIMENT, known()), machine=machine).seconds
        for machine in (FAST, BUILT_IN, SLOW)
    )
    assert slow > 2 * fast
    assert not BUILT_IN.measured
    assert fast < guess < slow


def test_slow_jobs_slow_down_what_is_the_networks_work_alone() -> None:
    plain, slowed = expected(SLOW), expected(SLOW, 2.0)
    assert slowed["Training"] == pytest.approx(2 * plain["Training"])
    assert slowed[MEASURING] == plain[MEASURING]


def test_a_smaller_budget_takes_less() -> None:
    short = EXPERIMENT.model_copy(update={"budget": Budget(updates=48, batch_size=125)})
    import_torch()
    assert training_seconds(short) == pytest.approx(training_seconds(EXPERIMENT) / 10)


@pytest.mark.parametrize(
    ("jobs", "measured", "slowness"),
    [
        ([], True, 1.0),
        ([], False, 1.0),
        # One job beside other work does not make every later estimate ten times as long.
        ([10.0], True, 1.0),
        ([10.0], False, 10.0),
        ([1.3, 1.3], True, 1.3),
        ([10.0, 1.3], True, 1.3),
        ([10.0, 1.2, 1.3], True, 1.2),
        ([10.0, 9.0, 10.0, 11.0], True, 10.0),
        ([500.0, 500.0, 500.0], True, 20.0),
        ([0.01, 0.01, 0.01], True, 0.1),
    ],
)
def test_a_single_slow_job_does_not_outvote_what_was_measured(
    jobs: list[float], measured: bool, slowness: float
) -> None:
    assert slowness_of(jobs, measured=measured) == slowness


OWN = replace(SLOW, own=resolve_precision("auto"))
# As the plan expects of the network of ``a_run``, on a machine that does nothing else.
QUIET_SECONDS = 480 * OWN.step_seconds(10**6, 125, small=True, precision=resolve_precision("auto"))


def finished(store: Store, number: int, times: float, worked: float | None) -> None:
    """A job whose network trained so many times as long as on a quiet machine, in so many times the processor time."""
    job, spent = f"job{number}", None if worked is None else worked * QUIET_SECONDS
    run = a_run(
        f"{number:016x}",
        seconds=times * QUIET_SECONDS,
        processor_seconds=spent,
        batch_size=125,
        macs=10**6,
        environment=environment(),
    )
    store.add_job(a_job(job, owner=store.lab_id))
    store.save_run(run, curves=[], files={})
    store.link_run(job, run.id, position=1, student="KD", role="student")
    store.set_job_state(job, JobState.FINISHED)


def test_a_busy_afternoon_does_not_lengthen_the_next_estimate(store: Store) -> None:
    import_torch()
    for number in range(3):
        finished(store, number, 10.0, 1.2)
    assert speed_factor(store, OWN) == pytest.approx(1.2)


def test_what_was_trained_before_processor_time_was_kept_counts_where_nothing_else_is_known(store: Store) -> None:
    import_torch()
    guess, watched = replace(OWN, measured=False), OWN.threads / (OWN.threads - WATCHED_CORES)
    for number in range(3):
        finished(store, number, 10.0, None)
    assert speed_factor(store, OWN) == 1.0
    assert speed_factor(store, guess) == pytest.approx(10 / watched)
    finished(store, 3, 10.0, 1.2)
    assert speed_factor(store, guess) == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("latencies", "seconds"),
    [
        (StoredLatencies(measured=2, one_round=True), 0.0),
        (StoredLatencies(measured=2), 2 * WAY_SECONDS),
        (StoredLatencies(measured=1, waiting=1), GRAPH_SECONDS + WAY_SECONDS),
    ],
)
def test_of_stored_runs_only_what_is_not_measured_takes_time(latencies: StoredLatencies, seconds: float) -> None:
    import_torch()
    planned = expand(EXPERIMENT, known())
    assert of_stored(planned, planned, latencies).stages()[MEASURING] == seconds


def test_a_new_network_of_a_form_that_is_measured_is_only_held_against_the_others() -> None:
    import_torch()
    planned = expand(EXPERIMENT, known())
    latencies = StoredLatencies(measured=2, one_round=True)
    assert of_stored(planned, planned[1:], latencies).stages()[MEASURING] == 0


def test_stages_are_empty_once_everything_is_there() -> None:
    import_torch()
    planned = expand(EXPERIMENT, known())
    clock = of_stored(planned, planned, StoredLatencies()).progress(lambda event: None)
    assert isinstance(clock, JobProgress)
    assert set(clock.work) == {LOADING, GETTING_READY, MEASURING}


def test_a_single_stage_is_measured_and_so_is_its_teacher() -> None:
    import_torch()
    stage = student("Thin", untrained=True, start={"source": "teacher", "change": {"step": "int8"}}, width=1.0)
    full = resolve_experiment(experiment(stage))
    planned = [one for one in expand(full, KNOWN_TEACHER) if one.start_of]
    seconds = estimate(full, KNOWN_TEACHER, planned).stages()
    # Both of them, and once more the stage in the round in which they are held against each other.
    assert seconds[MEASURING] == 2 * GRAPH_SECONDS + WAY_SECONDS


def test_what_a_pruning_is_to_leave_counts_for_all_that_start_as_it() -> None:
    import_torch()
    choice, task = ShippedTeacher(name="fashion_resnet20"), TASKS.get("fashion_mnist_small")
    teacher = resolve_teacher(choice, task, "float32", lambda run: pytest.fail(run))
    planned = expand(resolve_experiment(chain_experiment(default_chain(), teacher.blueprint)), teacher)
    macs = macs_by_run(planned)
    whole, shrunk = macs["2. Knowledge distillation/0"], macs["3. Prune channels/0"]
    assert shrunk == pytest.approx(whole / 2, abs=1)
    assert {macs[key] for key in macs if key.startswith(("4.", "5.", "random weights"))} == {shrunk}


def test_a_network_that_costs_more_than_its_arithmetic_is_expected_to_and_corrects_nothing() -> None:
    """A U-Net of as many multiply-accumulates as a ResNet takes 2.3 times as long; where it did, this machine is no
    slower than it was measured to be."""
    machine = MachinePace(
        update_seconds=0.0,
        small_macs_per_second=1e9,
        large_macs_per_second=1e9,
        forward_macs_per_second=1e9,
        teacher_macs_per_second=1e9,
        float32_slowness=1.0,
        own=resolve_precision("auto"),
        threads=2,
        step_threads=2,
    )
    took = TrainingTime(
        seconds=99.0, processor_seconds=6.9, updates=1, batch_size=1, macs=1_000_000_000, architecture="unet_small"
    )
    import_torch()
    assert _processor_factor(took, machine) == pytest.approx(1.0)
    assert _processor_factor(replace(took, architecture="resnet8"), machine) == pytest.approx(2.3)
