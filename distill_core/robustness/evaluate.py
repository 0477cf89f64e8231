"""Evaluation of stored runs under corruptions and attacks: conditions, logits and scores.

Corrupted images run through the run's own file in onnxruntime, so that an int8 file is evaluated as it is; an attack
needs gradients, so it uses the network of the weights. N images, C channels, H x W pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from distill_core import clock
from distill_core.deployment.model_file import finished_run_of
from distill_core.deployment.runtime import onnx_predictor
from distill_core.errors import InvalidSetting, said
from distill_core.evaluation.calibration import expected_calibration_error, log_softmax_NC
from distill_core.jobs.runners import ParallelRunner
from distill_core.lazy_torch import nn
from distill_core.networks.fold import fold_batch_norm
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.robustness.attacks import ATTACKS, LARGEST_EPS, attack_version, attacked
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from distill_core.store import RobustnessScore, RunRecord, Store
from distill_core.tasks import Split, Task, Tasks, normalised

CLEAN = "clean"
OFFICIAL = "official"  # images as they are too: those of the task's whole official test set
SEED = 0  # of all corruptions and attacks: every run is evaluated on the same images
# Images of a work item; a latency measurement waits for as many.
BATCH, ATTACK_BATCH = 250, 100
Checkpoint = Callable[[], None]
ExclusiveSection = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A perturbation (clean, a corruption or an attack) and its strength, on the first ``images`` test images."""

    perturbation: str
    strength: float
    images: int

    @property
    def is_attack(self) -> bool:
        return self.perturbation in ATTACKS

    @property
    def title(self) -> str:
        if self.is_attack:
            return f"{self.perturbation.upper()}, eps {self.strength:g}/255"
        if self.perturbation == CLEAN:
            return "Images as they are"
        if self.perturbation == OFFICIAL:
            return "The official test set"
        return f"{CORRUPTIONS.get(self.perturbation).title} {self.strength:g}"

    @property
    def work(self) -> int:
        """The cost in forward passes an image; a step of an attack costs three, with its backward pass."""
        return 1 + 3 * ATTACKS.get(self.perturbation, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedModel:
    """A run with its predictor ``predict`` (images to logits); ``network`` is loaded for attacks only."""

    run: RunRecord
    task: Task
    predict: Callable[[np.ndarray], np.ndarray]
    network: nn.Module | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLogits:
    """Logits (N, classes) of a run under a condition, and the number of images that an attack could not move."""

    logits_NC: np.ndarray
    unmoved: int = 0


def conditions(
    images: int, corruptions: Sequence[str] | None, attacks: Sequence[str], eps: Sequence[float]
) -> tuple[Condition, ...]:
    """Clean images, every corruption (None: all) at every severity, and every attack at every eps.

    Raises: UnknownName; InvalidSetting for numbers out of range.
    """
    _check(images, attacks, eps)
    names = CORRUPTIONS.names() if corruptions is None else tuple(CORRUPTIONS.get(name).name for name in corruptions)
    pairs = [
        (CLEAN, 0),
        *((name, severity) for name in dict.fromkeys(names) for severity in SEVERITIES),
        *((attack, strength) for attack in dict.fromkeys(attacks) for strength in sorted(set(eps))),
    ]
    return tuple(Condition(perturbation=name, strength=float(strength), images=images) for name, strength in pairs)


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
    split: Split,
    checkpoint: Checkpoint,
    run_parallel: ParallelRunner,
    exclusive_section: ExclusiveSection = nullcontext,
) -> list[RunLogits]:
    """The logits of each of these runs of one task under a condition; ``split`` has the clean images.

    Images are corrupted once for all runs, and attacked for each run. ``run_parallel`` distributes batches of images
    among threads, each inside ``exclusive_section``. Raises Stopped, as ``checkpoint`` does.
    """
    size = ATTACK_BATCH if condition.is_attack else BATCH
    batches = [slice(start, start + size) for start in range(0, condition.images, size)]
    with exclusive_section():
        ready = None if condition.is_attack else normalised(models[0].task, _under_corruption(condition, split))
    outputs: dict[tuple[int, int], RunLogits] = {}

    def evaluate(number: int, batch: int) -> None:
        checkpoint()
        model, chosen = models[number], batches[batch]
        with exclusive_section():
            if ready is not None:
                outputs[number, batch] = RunLogits(logits_NC=model.predict(ready[chosen]))
            else:
                outputs[number, batch] = _under_attack(condition, model, split, chosen, checkpoint)

    chains = [[partial(evaluate, number, batch)] for number in range(len(models)) for batch in range(len(batches))]
    run_parallel(chains)
    each = ([outputs[number, batch] for batch in range(len(batches))] for number in range(len(models)))
    return [
        RunLogits(logits_NC=np.concatenate([part.logits_NC for part in row]), unmoved=sum(part.unmoved for part in row))
        for row in each
    ]


def score_condition(condition: Condition, run: RunRecord, outputs: RunLogits, split: Split) -> RobustnessScore:
    """The scores of these logits. Raises InvalidSetting where a logit is not finite."""
    logits_NC = outputs.logits_NC
    labels_N = split.labels_N[: condition.images]
    logs_NC = log_softmax_NC(logits_NC)
    shares_NC = np.exp(logs_NC)
    return RobustnessScore(
        run_id=run.id,
        disturbance=condition.perturbation,
        strength=condition.strength,
        images=condition.images,
        version=version_of(condition.perturbation),
        accuracy=float((logits_NC.argmax(1) == labels_N).mean()),
        ece=expected_calibration_error(shares_NC, labels_N),
        nll_nats=float(-logs_NC[np.arange(len(labels_N)), labels_N].mean()),
        confidence=float(shares_NC.max(1).mean()),
        unmoved=outputs.unmoved,
        created_at=clock.now(),
    )


def _under_corruption(condition: Condition, split: Split) -> np.ndarray:
    images_NHWC = split.images_NHWC[: condition.images]
    if condition.perturbation in (CLEAN, OFFICIAL):
        return images_NHWC
    return corrupted(images_NHWC, condition.perturbation, int(condition.strength), SEED)


def _under_attack(
    condition: Condition, model: LoadedModel, split: Split, chosen: slice, checkpoint: Checkpoint
) -> RunLogits:
    assert model.network is not None
    places_N = np.arange(condition.images)[chosen]
    part = Split(split.images_NHWC[places_N], split.labels_N[places_N])
    task, eps = model.task, condition.strength
    moved = attacked(
        model.network, task, part, condition.perturbation, eps, seed=SEED, places_N=places_N, checkpoint=checkpoint
    )
    return RunLogits(logits_NC=model.predict(normalised(task, moved.images_NHWC)), unmoved=int(moved.unmoved_N.sum()))


def _check(images: int, attacks: Sequence[str], eps: Sequence[float]) -> None:
    if images < 1:
        raise InvalidSetting("test images", expected="1 or more", got=images, hint="2,000 are a good number")
    if not set(attacks) <= set(ATTACKS):
        expected, got = " or ".join(ATTACKS), ", ".join(map(str, attacks))
        raise InvalidSetting("attacks", expected=expected, got=got, hint="choose among these")
    if attacks and not (eps and all(0 <= strength <= LARGEST_EPS for strength in eps)):
        expected, hint = said("numbers from 0 to {most}, in 1/255", LARGEST_EPS), "choose 1, 2, 4 or 8"
        raise InvalidSetting("eps", expected=expected, got=list(eps), hint=hint)
