"""Trying runs on spoiled images: which cells there are, and what a network makes of one.

Corrupted images are answered by a run's own file through onnxruntime, so that an 8-bit file is tried as it is; an
attack needs gradients, so it asks the network of its weights. N images, C channels, H x W pixels.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from distill_core import clock
from distill_core.deployment.model_file import finished_run_of
from distill_core.deployment.runtime import onnx_predictor
from distill_core.errors import InvalidSetting
from distill_core.evaluation import expected_calibration_error, log_softmax_NC
from distill_core.jobs.runners import ParallelRunner
from distill_core.networks.fold import fold_batch_norm
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.robustness.attacks import ATTACKS, LARGEST_EPS, attack_version, attacked
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from distill_core.store import RobustnessScore, RunRecord, Store
from distill_core.tasks import TASKS, Split, normalised

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = [
    "CLEAN",
    "Answers",
    "Condition",
    "LoadedModel",
    "attackable",
    "conditions",
    "evaluate_condition",
    "family_of",
    "load_model",
    "score_condition",
    "up_to_date",
    "version_of",
]

CLEAN = "clean"
SEED = 0  # of all that is drawn: everybody, everywhere, is tried on the same images
# Images that one thread takes at a time; who measures waits for as many.
PIECE, PIECE_OF_ATTACK = 250, 100
Checkpoint = Callable[[], None]
ExclusiveSection = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One thing that happens to the first ``images`` test images."""

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
        return f"{CORRUPTIONS.get(self.perturbation).title} {self.strength:g}"

    @property
    def work(self) -> int:
        """How much there is to do, in answers to an image: a step of an attack costs three, for its way back."""
        return {"fgsm": 4, "pgd": 31}.get(self.perturbation, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedModel:
    """A run that is ready to answer; ``network`` is loaded where it is attacked."""

    run: RunRecord
    answer: "Callable[[np.ndarray], np.ndarray]"
    network: "nn.Module | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What a run says to the images of a cell, logits (N, classes), and how many of them an attack could not move."""

    logits_NC: "np.ndarray"
    unmoved: int = 0


def conditions(
    images: int, corruptions: Sequence[str] | None, attacks: Sequence[str], eps: Sequence[float]
) -> tuple[Condition, ...]:
    """Clean images, every corruption (None: all) at every severity, and every attack at every eps.

    Raises: UnknownName; InvalidSetting for numbers that cannot be.
    """
    _check(images, attacks, eps)
    names = CORRUPTIONS.names() if corruptions is None else tuple(CORRUPTIONS.get(name).name for name in corruptions)
    pairs = [
        (CLEAN, 0),
        *((name, severity) for name in dict.fromkeys(names) for severity in SEVERITIES),
        *((attack, one) for attack in dict.fromkeys(attacks) for one in sorted(set(eps))),
    ]
    return tuple(Condition(perturbation=name, strength=float(one), images=images) for name, one in pairs)


def family_of(disturbance: str) -> str:
    """The family of a corruption, "attack", or nothing for clean images."""
    if disturbance in ATTACKS:
        return "attack"
    return CORRUPTIONS.get(disturbance).family if disturbance in CORRUPTIONS else ""


def version_of(disturbance: str) -> str:
    """What a trial is filed with: another one once the disturbance changes; nothing for clean images, unknown names."""
    if disturbance in ATTACKS:
        return attack_version(disturbance, SEED)
    return CORRUPTIONS.get(disturbance).version(SEED) if disturbance in CORRUPTIONS else ""


def up_to_date(trials: Iterable[RobustnessScore]) -> list[RobustnessScore]:
    """Those of disturbances that are still what they were."""
    known: dict[str, str] = {}
    return [one for one in trials if one.version == known.setdefault(one.disturbance, version_of(one.disturbance))]


def attackable(run: RunRecord) -> bool:
    """Whether a run has gradients: its file is the network itself, not one that was made smaller afterwards."""
    return not run.scores.get("file")


def load_model(store: Store, run_id: str, *, attacked: bool = False) -> LoadedModel:
    """A finished run, ready to answer. Raises NotFound, CorruptFile."""
    run = finished_run_of(store, run_id)
    network = None
    if attacked and attackable(run):
        network = fold_batch_norm(from_bytes(blueprint_of(run), store.read_artifact(run.id, "weights")))
        network.requires_grad_(False)
    return LoadedModel(run=run, answer=onnx_predictor(store.read_artifact(run.id, "onnx")), network=network)


def evaluate_condition(
    cell: Condition,
    everybody: Sequence[LoadedModel],
    split: Split,
    checkpoint: Checkpoint,
    run_parallel: ParallelRunner,
    spell: ExclusiveSection = nullcontext,
) -> list[Answers]:
    """The answers of each of these runs of one task in a cell; ``split`` has the images as they are.

    The images are corrupted once for all; an attack knows each network, so each has its own. ``run_parallel`` shares
    out the images among threads, and each piece of work is done within a ``spell``. Raises Stopped, as ``checkpoint``
    does.
    """
    import numpy as np

    task = TASKS.get(everybody[0].run.task)
    size = PIECE_OF_ATTACK if cell.is_attack else PIECE
    pieces = [slice(start, start + size) for start in range(0, cell.images, size)]
    with spell():
        ready = None if cell.is_attack else normalised(task, _under_corruption(cell, split))
    found: dict[tuple[int, int], Answers] = {}

    def answer(who: int, piece: int) -> None:
        checkpoint()
        one, chosen = everybody[who], pieces[piece]
        with spell():
            if ready is not None:
                found[who, piece] = Answers(logits_NC=one.answer(ready[chosen]))
            else:
                found[who, piece] = _under_attack(cell, one, split, chosen, checkpoint)

    chains = [[partial(answer, who, piece)] for who in range(len(everybody)) for piece in range(len(pieces))]
    run_parallel(chains)
    each = ([found[who, piece] for piece in range(len(pieces))] for who in range(len(everybody)))
    return [
        Answers(logits_NC=np.concatenate([one.logits_NC for one in parts]), unmoved=sum(one.unmoved for one in parts))
        for parts in each
    ]


def score_condition(cell: Condition, run: RunRecord, answers: Answers, split: Split) -> RobustnessScore:
    """What these answers are worth. Raises InvalidSetting where one is not finite."""
    import numpy as np

    logits_NC = answers.logits_NC
    labels_N = split.labels_N[: cell.images]
    logs_NC = log_softmax_NC(logits_NC)
    shares_NC = np.exp(logs_NC)
    return RobustnessScore(
        run_id=run.id,
        disturbance=cell.perturbation,
        strength=cell.strength,
        images=cell.images,
        version=version_of(cell.perturbation),
        accuracy=float((logits_NC.argmax(1) == labels_N).mean()),
        ece=expected_calibration_error(shares_NC, labels_N),
        nll_nats=float(-logs_NC[np.arange(len(labels_N)), labels_N].mean()),
        confidence=float(shares_NC.max(1).mean()),
        unmoved=answers.unmoved,
        created_at=clock.now(),
    )


def _under_corruption(cell: Condition, split: Split) -> "np.ndarray":
    images_NHWC = split.images_NHWC[: cell.images]
    if cell.perturbation == CLEAN:
        return images_NHWC
    return corrupted(images_NHWC, cell.perturbation, int(cell.strength), SEED)


def _under_attack(cell: Condition, one: LoadedModel, split: Split, chosen: slice, checkpoint: Checkpoint) -> Answers:
    import numpy as np

    assert one.network is not None
    places_N = np.arange(cell.images)[chosen]
    part = Split(split.images_NHWC[places_N], split.labels_N[places_N])
    task, eps = TASKS.get(one.run.task), cell.strength
    found = attacked(
        one.network, task, part, cell.perturbation, eps, seed=SEED, places_N=places_N, checkpoint=checkpoint
    )
    return Answers(logits_NC=one.answer(normalised(task, found.images_NHWC)), unmoved=int(found.unmoved_N.sum()))


def _check(images: int, attacks: Sequence[str], eps: Sequence[float]) -> None:
    if images < 1:
        raise InvalidSetting("test images", expected="1 or more", got=images, hint="2,000 are a good number")
    if not set(attacks) <= set(ATTACKS):
        expected, got = " or ".join(ATTACKS), ", ".join(map(str, attacks))
        raise InvalidSetting("attacks", expected=expected, got=got, hint="choose among these")
    if attacks and not (eps and all(0 <= one <= LARGEST_EPS for one in eps)):
        expected, hint = f"numbers from 0 to {LARGEST_EPS}, in 1/255", "choose 1, 2, 4 or 8"
        raise InvalidSetting("eps", expected=expected, got=list(eps), hint=hint)
