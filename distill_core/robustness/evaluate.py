"""Evaluation of stored runs under corruptions and attacks: conditions, logits and scores.

Corrupted examples run through the run's own file in onnxruntime, so that an int8 file is evaluated as it is; an attack
needs gradients, so it uses the network of the weights. N examples, C classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from distill_core import clock
from distill_core.deployment.model_file import finished_run_of
from distill_core.deployment.runtime import onnx_predictor
from distill_core.errors import InvalidSetting, Names, said
from distill_core.evaluation.calibration import expected_calibration_error, log_softmax_NC
from distill_core.jobs.runners import ParallelRunner
from distill_core.lazy_torch import nn
from distill_core.networks.fold import fold_batch_norm
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.robustness.attacks import ATTACKS, attack_version
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corruptions_of
from distill_core.robustness.corruptions.parts import taken
from distill_core.robustness.kinds import kind_of
from distill_core.store import RobustnessScore, RunRecord, Store
from distill_core.tasks import IGNORE, Task, Tasks

CLEAN = "clean"
OFFICIAL = "official"  # as they are too: those of the task's whole official test set
SEED = 0  # of all corruptions and attacks: every run is evaluated on the same examples
# Examples of a work item; a latency measurement waits for as many.
BATCH, ATTACK_BATCH = 250, 100
Checkpoint = Callable[[], None]
ExclusiveSection = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A perturbation (clean, a corruption or an attack) and its strength, on the first ``images`` test examples;
    ``unit``: a sign after the strength of an attack."""

    perturbation: str
    strength: float
    images: int
    unit: str = "/255"

    @property
    def is_attack(self) -> bool:
        return self.perturbation in ATTACKS

    @property
    def title(self) -> str:
        if self.is_attack:
            return f"{self.perturbation.upper()}, eps {self.strength:g}{self.unit}"
        if self.perturbation == CLEAN:
            return "As they are"
        if self.perturbation == OFFICIAL:
            return "The official test set"
        return f"{CORRUPTIONS.get(self.perturbation).title} {self.strength:g}"

    @property
    def work(self) -> int:
        """The cost in forward passes an example; a step of an attack costs three, with its backward pass."""
        return 1 + 3 * ATTACKS.get(self.perturbation, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedModel:
    """A run with its predictor ``predict`` (inputs to logits); ``network`` is loaded for attacks only."""

    run: RunRecord
    task: Task
    predict: Callable[[np.ndarray], np.ndarray]
    network: nn.Module | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLogits:
    """Logits (N, classes) of a run under a condition, and the number of examples that an attack could not move."""

    logits_NC: np.ndarray
    unmoved: int = 0


def conditions(
    task: Task,
    images: int,
    corruptions: Sequence[str] | None = None,
    attacks: Sequence[str] | None = None,
    eps: Sequence[float] | None = None,
) -> tuple[Condition, ...]:
    """Clean examples of a task, every corruption (None: all that fit) at every severity, and every attack (None: all
    where inputs are continuous) at every eps (None: the usual ones of the kind), on at most all test examples.

    Raises: UnknownName; InvalidSetting for numbers out of range, and for what the examples of the task do not allow.
    """
    reach, images = kind_of(task).reach, _counted(images, task)
    if attacks is None:
        attacks = tuple(ATTACKS) if reach else ()
    _check_attacks(task, attacks)
    pairs = [
        (CLEAN, 0.0),
        *((name, float(severity)) for name in _fitting(task, corruptions) for severity in SEVERITIES),
    ]
    if attacks and reach:
        strengths = reach.usual if eps is None else tuple(eps)
        reach.check(strengths)
        pairs += [(attack, float(one)) for attack in dict.fromkeys(attacks) for one in sorted(set(strengths))]
    unit = reach.sign if reach else ""
    return tuple(Condition(perturbation=name, strength=one, images=images, unit=unit) for name, one in pairs)


def family_of(disturbance: str) -> str:
    """The family of a corruption, "attack", or empty for clean images and unknown names."""
    if disturbance in ATTACKS:
        return "attack"
    return CORRUPTIONS.get(disturbance).family if disturbance in CORRUPTIONS else ""


def version_of(disturbance: str) -> str:
    """The version of a corruption or attack, stored with each score; empty for clean images and unknown names."""
    if disturbance in ATTACKS:
        return attack_version(disturbance, SEED)
    return CORRUPTIONS.get(disturbance).version(SEED) if disturbance in CORRUPTIONS else ""


def up_to_date(scores: Iterable[RobustnessScore]) -> list[RobustnessScore]:
    """The scores whose corruption or attack has not changed since."""
    versions = cache(version_of)
    return [score for score in scores if score.version == versions(score.disturbance)]


def attackable(run: RunRecord) -> bool:
    """Whether a run has gradients: its file is not quantized, and its weights are here."""
    return not run.scores.get("file") and "weights" not in run.left_out


def load_model(store: Store, tasks: Tasks, run_id: str, *, attacked: bool = False) -> LoadedModel:
    """Load a finished run. Raises NotFound, UnknownName, CorruptFile."""
    run = finished_run_of(store, run_id)
    network = None
    if attacked and attackable(run):
        network = fold_batch_norm(from_bytes(blueprint_of(run, tasks), store.read_artifact(run.id, "weights")))
        network.requires_grad_(False)
    predict = onnx_predictor(store.read_artifact(run.id, "onnx"))
    return LoadedModel(run=run, task=tasks.get(run.task), predict=predict, network=network)


def evaluate_condition(
    condition: Condition,
    models: Sequence[LoadedModel],
    part: Any,
    checkpoint: Checkpoint,
    run_parallel: ParallelRunner,
    exclusive_section: ExclusiveSection = nullcontext,
) -> list[RunLogits]:
    """The logits of each of these runs of one task under a condition; ``part`` has the clean examples.

    They are corrupted once for all runs, and attacked for each run. ``run_parallel`` distributes batches of them among
    threads, each inside ``exclusive_section``. Raises Stopped, as ``checkpoint`` does.
    """
    size = ATTACK_BATCH if condition.is_attack else BATCH
    batches = [slice(start, start + size) for start in range(0, condition.images, size)]
    with exclusive_section():
        ready = None if condition.is_attack else _under_corruption(condition, models[0].task, part)
    outputs: dict[tuple[int, int], RunLogits] = {}

    def evaluate(number: int, batch: int) -> None:
        checkpoint()
        model, chosen = models[number], batches[batch]
        with exclusive_section():
            if ready is not None:
                outputs[number, batch] = RunLogits(logits_NC=model.predict(ready[chosen]))
            else:
                outputs[number, batch] = _under_attack(condition, model, part, chosen, checkpoint)

    chains = [[partial(evaluate, number, batch)] for number in range(len(models)) for batch in range(len(batches))]
    run_parallel(chains)
    each = ([outputs[number, batch] for batch in range(len(batches))] for number in range(len(models)))
    return [
        RunLogits(logits_NC=np.concatenate([part.logits_NC for part in row]), unmoved=sum(part.unmoved for part in row))
        for row in each
    ]


def score_condition(condition: Condition, run: RunRecord, task: Task, outputs: RunLogits, part: Any) -> RobustnessScore:
    """The scores of these logits; ``accuracy`` is by the task's own metric, and the others are over all positions with
    a target. Raises InvalidSetting where a logit is not finite."""
    tested = taken(part, np.arange(condition.images))
    logits_NC, labels_N = _rows(outputs.logits_NC, tested.labels_N)
    logs_NC = log_softmax_NC(logits_NC)
    shares_NC = np.exp(logs_NC)
    return RobustnessScore(
        run_id=run.id,
        disturbance=condition.perturbation,
        strength=condition.strength,
        images=condition.images,
        version=version_of(condition.perturbation),
        accuracy=_score(task, tested, outputs.logits_NC),
        ece=expected_calibration_error(shares_NC, labels_N),
        nll_nats=float(-logs_NC[np.arange(len(labels_N)), labels_N].mean()),
        confidence=float(shares_NC.max(1).mean()),
        unmoved=outputs.unmoved,
        created_at=clock.now(),
    )


def _rows(logits_NC: np.ndarray, labels_N: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits (R, C) and labels (R,) of the positions with a target."""
    if labels_N.ndim == 1:
        return logits_NC, labels_N
    known = labels_N.ravel() != IGNORE
    return np.moveaxis(logits_NC, 1, -1).reshape(-1, logits_NC.shape[1])[known], labels_N.ravel()[known]


def _score(task: Task, part: Any, logits_NC: np.ndarray) -> float:
    """Their score by the task's own metric, 0 to 1."""
    if not task.target.positions:
        return float((logits_NC.argmax(1) == part.labels_N).mean())
    return next(iter(task.metrics(task.dataset(task, part), logits_NC).values()))


def _under_corruption(condition: Condition, task: Task, part: Any) -> np.ndarray:
    kind, first = kind_of(task), taken(part, np.arange(condition.images))
    if condition.perturbation not in (CLEAN, OFFICIAL):
        first = kind.corrupted(first, condition.perturbation, int(condition.strength), SEED)
    return kind.inputs(task, first)


def _under_attack(
    condition: Condition, model: LoadedModel, part: Any, chosen: slice, checkpoint: Checkpoint
) -> RunLogits:
    attacked, places_N = kind_of(model.task).attacked, np.arange(condition.images)[chosen]
    assert model.network is not None
    assert attacked is not None
    network, some, attack = model.network, taken(part, places_N), condition.perturbation
    more = {"seed": SEED, "places_N": places_N, "checkpoint": checkpoint}
    moved = attacked(network, model.task, some, attack, condition.strength, **more)
    return RunLogits(logits_NC=model.predict(moved.inputs), unmoved=int(moved.unmoved_N.sum()))


def _counted(images: int, task: Task) -> int:
    """At most as many as the test part has."""
    if images < 1:
        what, hint = said("test {examples}", task.kind.examples), "2,000 are a good number"
        raise InvalidSetting(what, expected="1 or more", got=images, hint=hint)
    return min(images, task.counts.test)


def _fitting(task: Task, names: Sequence[str] | None) -> tuple[str, ...]:
    """The corruptions of a task, or these of them."""
    fitting = tuple(one.name for one in corruptions_of(task))
    if names is None:
        return fitting
    asked = tuple(dict.fromkeys(CORRUPTIONS.get(name).name for name in names))
    wrong = ", ".join(name for name in asked if name not in fitting)
    if wrong:
        what = said("corruptions of {task}", task.name)
        hint = "choose among these, or networks of another task"
        raise InvalidSetting(what, expected=Names(fitting), got=wrong, hint=hint)
    return asked


def _check_attacks(task: Task, attacks: Sequence[str]) -> None:
    got = Names(map(str, attacks))
    if not set(attacks) <= set(ATTACKS):
        raise InvalidSetting(
            "attacks", expected=said("{names: or }", Names(ATTACKS)), got=got, hint="choose among these"
        )
    if attacks and kind_of(task).reach is None:
        expected = said(
            "none, since {examples} are made of characters and between two of them there is nothing", task.kind.examples
        )
        hint = "leave attacks out; a gradient moves numbers only"
        raise InvalidSetting(said("attacks on {task}", task.name), expected=expected, got=got, hint=hint)
