"""Loads the initial networks of students from the store and applies their compression steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from distill_core.compression import CompressionStep, Settings, StepInput, StepResult
from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.latency import measure_round
from distill_core.deployment.onnx_export import OnnxFile, export_onnx
from distill_core.deployment.server_measurement import Timer
from distill_core.errors import said
from distill_core.execution.context import JobContext
from distill_core.lazy_torch import nn, torch
from distill_core.networks import Blueprint, build, profile
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.initialization import step_of
from distill_core.planning.runs import PlannedRun
from distill_core.spec import TEACHER_NAME
from distill_core.store import RunRecord
from distill_core.tasks import Dataset, Task, stratified

# Training examples that a step gets, or all where there are fewer.
SAMPLE = 512
# Images that check a dynamically quantized file against the network.
UNCALIBRATED = 64
# Attempts for a disturbed timing of a search.
MOST_TRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class InitializedStudent:
    """A student with its initial network. ``planned`` has the network's actual blueprint; ``file``: the quantized ONNX
    file, where the step made one; ``notes``: numbers that the step reports; ``seconds``: what loading and step took."""

    planned: PlannedRun
    network: nn.Module
    seconds: float
    notes: Mapping[str, float] = field(default_factory=dict)
    file: bytes | None = None


class InitialNetworks:
    """Initial networks are always read from the store, so a student is the same whichever job trained its source.
    ``runs``: the job's stored runs by key, which the job adds to. ``teacher`` and ``blueprint`` are None for a teacher
    that is no network of this lab. The constructor raises nothing."""

    def __init__(
        self,
        teacher: nn.Module | None,
        blueprint: Blueprint | None,
        task: Task,
        dataset: Dataset,
        runs: Mapping[str, RunRecord],
        context: JobContext,
    ) -> None:
        self._teacher = teacher, blueprint
        self._task = task
        self._dataset = dataset
        self._context = context
        self._runs = runs

    def unavailable_reason(self, planned: PlannedRun) -> str | None:
        """The reason why a student's initial network does not exist; None where it does."""
        source_run = self._runs.get(planned.start_of or "")
        if source_run is None or source_run.state == "finished":
            return None
        assert planned.student.start is not None
        name = planned.student.start.source
        return said("{name!r} (seed {seed}), as which it starts, failed: {why}", name, planned.seed, source_run.message)

    def initialize(self, planned: PlannedRun) -> InitializedStudent:
        """Load a student's source network and apply its step. Raises NotFound, CorruptFile, what the step raises."""
        began = time.perf_counter()
        network, blueprint = self._source(planned)
        step, settings = step_of(planned.student), planned.initial and planned.initial.step_settings
        changed, file = StepResult(network=network, blueprint=blueprint, notes={}), None
        if step and settings:
            if step.apply is None:
                file = self._file(network, blueprint, str(step.file), settings, planned.student.labels)
            else:
                changed = step.apply(self._material(planned, changed, step), settings)
        return InitializedStudent(
            planned=replace(planned, blueprint=changed.blueprint),
            network=changed.network,
            seconds=time.perf_counter() - began,
            notes={**changed.notes, **({"largest_error": file.largest_difference} if file else {})},
            file=file.data if file else None,
        )

    def _source(self, planned: PlannedRun) -> tuple[nn.Module, Blueprint]:
        if planned.start_of == TEACHER_NAME:
            network, blueprint = self._teacher
            assert network is not None  # planning refuses to start as a teacher without a blueprint
            assert blueprint is not None
            return network, blueprint
        known = self._runs.get(str(planned.start_of))
        run = known or self._context.store.whole_run(str(planned.student.start and planned.student.start.run))
        blueprint = blueprint_of(run, self._context.tasks)
        return from_bytes(blueprint, self._context.store.read_artifact(run.id, "weights")), blueprint

    def _material(self, planned: PlannedRun, source: StepResult, step: CompressionStep) -> StepInput:
        # Smaller samples are nested in larger ones.
        seen = planned.student.labels if step.labelled else None
        count = min(SAMPLE, seen or len(self._dataset))
        chosen = stratified(self._task.strata(self._dataset), count, seed=self._dataset.data_seed)
        return StepInput(
            network=source.network,
            blueprint=source.blueprint,
            target=planned.blueprint if step.resizes else source.blueprint,
            images_BCHW=self._dataset.batch(chosen),
            labels_B=torch.from_numpy(self._dataset.targets[chosen]),
            seed=planned.seed,
            cost={**COSTS, "latency": self._timed},
        )

    def _file(
        self, network: nn.Module, blueprint: Blueprint, file: str, settings: Settings, labels: int | None
    ) -> OnnxFile:
        data = export_onnx(network, blueprint).data
        if file == "float16":
            return to_float16(data)
        chosen = calibration_images(self._task.strata(self._dataset), settings, labels, self._dataset.data_seed)
        return to_int8(
            data,
            self._dataset.batch(chosen).contiguous().numpy(),
            way=settings.choices["way"],  # type: ignore[arg-type]
            per_channel=settings.choices["scales"] == "per channel",
        )

    def _timed(self, blueprint: Blueprint) -> float:
        """The latency (ms) of a network with this blueprint; a search needs many, so it checks for a stop first."""
        self._context.checkpoint()
        return _latency_ms(blueprint, self._context.checkpoint, self._context.quick)


def calibration_images(strata_N: np.ndarray, settings: Settings, labels: int | None, data_seed: int) -> np.ndarray:
    """Indices of the training examples that calibrate an int8 file: in equal shares of the task's strata, among those
    whose label the student may see."""
    count = min(int(settings.parameters.get("images", UNCALIBRATED)), labels or len(strata_N))
    return stratified(strata_N, count, seed=data_seed)


def _latency_ms(blueprint: Blueprint, checkpoint: Callable[[], None], timer: Timer) -> float:
    """Median latency (ms) of a network with this blueprint and random weights: one image, one thread. Repeats a
    disturbed timing up to ``MOST_TRIES`` times and returns the least median."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        data = export_onnx(build(blueprint).eval(), blueprint).data
    tries: list[float] = []
    while len(tries) < MOST_TRIES:
        (timed,) = measure_round([data], checkpoint=checkpoint, timer=timer)
        if not timed.timing.disturbed:
            return timed.timing.p50_ms
        tries.append(timed.timing.p50_ms)
    return min(tries)


COSTS: Mapping[str, Callable[[Blueprint], float]] = {
    "macs": lambda blueprint: profile(blueprint).macs,
    "parameters": lambda blueprint: profile(blueprint).parameters,
}
