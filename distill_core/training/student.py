"""One member of a cohort: a network, its loss, its optimiser and its own random state."""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from distill_core.errors import TrainingDiverged
from distill_core.machine import ResolvedPrecision, is_small
from distill_core.methods import DistillLoss, LossInputs, StepLoss
from distill_core.methods.rows import as_rows
from distill_core.networks import Blueprint, build, forward_features, profile, uses_rng
from distill_core.networks.memory_order import contiguous_if_narrow
from distill_core.networks.randomness import random_operators
from distill_core.spec import Optimiser
from distill_core.tasks import Dataset
from distill_core.tasks.base import Metrics
from distill_core.training import gradients
from distill_core.training.fake_int8 import FakeInt8
from distill_core.training.precision import autocast, channels_last, one_thread
from distill_core.training.predict import score

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

# Logits and the outputs of the stages; the latter are empty where the loss does not look at them.
ForwardOutput = tuple["Tensor", tuple["Tensor", ...]]
SMALLER_STEPS = "lower the learning rate or the weight of the soft term"


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentConfig:
    """A student to train. ``visible_M`` are the training examples that it sees, ``labelled_N`` marks, among all of
    them, those whose label it may use; ``uses_rng`` says that the loss takes random numbers, ``features`` that it uses
    the stages of both networks, ``uses_mixup`` that both see mixtures of images. A loss with weights of its own is a
    module: they train too. ``teacher_head``: the teacher's, where the blueprint ends in one; the network takes over its
    weights.

    ``peers`` are the runs that teach each other, this one among them, in an order that is theirs alone; empty for
    everybody else. ``initial`` numbers the initial weights of a seed: 0 are those that every student of it starts from.
    ``start``: a network of this blueprint whose weights it takes over instead; with ``keeps_zeros``, those of its
    weights that are zero stay zero.
    ``int8_aware``: its layers round to 8 bits while it trains.
    """

    run: str
    student: str
    blueprint: Blueprint
    loss: DistillLoss
    uses_teacher: bool
    seed: int
    visible_M: "np.ndarray"
    labelled_N: "np.ndarray"
    uses_rng: bool = False
    features: bool = False
    teacher_head: "nn.Module | None" = None
    peers: tuple[str, ...] = ()
    initial: int = 0
    uses_mixup: bool = False
    start: "nn.Module | None" = None
    keeps_zeros: bool = False
    int8_aware: bool = False


class StudentTrainer:
    """Trains one network, step by step. Its random state is its own, so nobody beside it changes its result."""

    def __init__(
        self,
        config: StudentConfig,
        optimiser: Optimiser,
        *,
        updates: int,
        batch_size: int,
        precision: ResolvedPrecision,
    ) -> None:
        import torch

        self.config = config
        self.labelled_N = torch.from_numpy(config.labelled_N)
        self._optimiser = optimiser
        self._updates = updates
        self._precision = precision
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(_start(config.seed, config.initial))
            self.network = channels_last(build(config.blueprint)).train()
            self._random_state = torch.get_rng_state()
        if config.teacher_head is not None:
            self.network.get_submodule("head").load_state_dict(config.teacher_head.state_dict())
        if config.start is not None:
            self.network.load_state_dict(config.start.state_dict())
        self._zeros = _zeros(self.network) if config.keeps_zeros else []
        self._rounding = FakeInt8(self.network) if config.int8_aware else nullcontext
        self._uses_rng = config.uses_rng or uses_rng(config.blueprint)
        # Decided by the member alone: how many threads share a sum can change its last bit.
        self.single_threaded = not self._uses_rng and is_small(profile(config.blueprint).macs, batch_size)
        for part in self._trained():
            contiguous_if_narrow(part)
        self._sgd = torch.optim.SGD(
            [group for part in self._trained() for group in _groups(part, optimiser.weight_decay)],
            lr=optimiser.learning_rate,
            momentum=optimiser.momentum,
            nesterov=optimiser.momentum > 0,
            fused=True,
        )
        self._sums: dict[str, float] = {}
        self._since = 0
        self._gradient_norms: list[tuple[int, dict[str, float]]] = []

    def _trained(self) -> "list[nn.Module]":
        """The network, and the loss where it has weights of its own."""
        from torch import nn

        return [part for part in (self.network, self.config.loss) if isinstance(part, nn.Module)]

    def step(
        self,
        update: int,
        images_BCHW: "Tensor",
        teacher_BC: "Tensor | None",
        targets_B: "Tensor",
        teacher_taps: "tuple[Tensor, ...]" = (),
    ) -> None:
        """One optimiser update, counted from 0. Members that are ``single_threaded`` may step in several threads at
        once.

        Raises: TrainingDiverged where the loss is not a finite number; the weights are left as they were before.
        """
        with self.own_threads():
            answer = self.forward(images_BCHW)
            self.optimizer_step(update, self.compute_loss(update, answer, teacher_BC, targets_B, teacher_taps))

    def own_threads(self) -> "AbstractContextManager[object]":
        """In here it takes as many threads as its result is made with: its sums depend on their number."""
        return one_thread() if self.single_threaded else nullcontext()

    def forward(self, images_BCHW: "Tensor") -> ForwardOutput:
        """The first part of a step: its answer to a batch, with gradients, float32."""
        with self._own_rng(), autocast(self._precision), self._rounding():
            student_BC, taps = self._forward(images_BCHW)
        return student_BC.float(), tuple(tap.float() for tap in taps)

    def compute_loss(
        self,
        update: int,
        answer: ForwardOutput,
        teacher_BC: "Tensor | None",
        targets_B: "Tensor",
        teacher_taps: "tuple[Tensor, ...]" = (),
        peers: "tuple[Tensor, ...]" = (),
    ) -> StepLoss:
        """The second part: what its answer costs.

        Raises: TrainingDiverged where that is not a finite number, or the loss draws though its method does not say so:
        other members would draw from the same generator. It is looked for where the gradients are looked at.
        """
        student_BC, student_taps = answer
        watched = gradients.due(update, self._updates)
        watch: AbstractContextManager[list[str]] = random_operators() if watched else nullcontext([])
        with self._own_rng(), watch as drawn:
            loss = self.config.loss(
                LossInputs(
                    student_BC=as_rows(student_BC),
                    teacher_BC=None if teacher_BC is None else as_rows(teacher_BC),
                    targets_B=targets_B.flatten(),
                    progress=update / self._updates,
                    positions=math.prod(student_BC.shape[2:]),
                    student_taps=student_taps,
                    teacher_taps=teacher_taps,
                    peers=tuple(map(as_rows, peers)),
                )
            )
        if drawn and not self._uses_rng:
            raise self._diverged(
                "loss", update + 1, expected="no random numbers", got=drawn[0], hint="set Method.uses_rng"
            )
        value = float(loss.total.detach())
        if not math.isfinite(value):
            raise self._diverged("loss", update + 1, expected="a finite number", got=value)
        if watched:
            trained = [weight for weight in self.network.parameters() if weight.requires_grad]
            self._gradient_norms.append((update + 1, gradients.gradient_norms(loss, trained)))
        return loss

    def optimizer_step(self, update: int, loss: StepLoss) -> None:
        """The last part: one move of the optimiser."""
        for group in self._sgd.param_groups:
            group["lr"] = learning_rate(self._optimiser, update, self._updates)
        self._sgd.zero_grad()
        total = loss.total
        total.backward()  # type: ignore[no-untyped-call]
        self._sgd.step()
        for weight, zero in self._zeros:
            weight.data[zero] = 0.0
        self._note(
            {"total": float(total.detach()), **{name: float(part.detach()) for name, part in loss.parts.items()}}
        )

    def _forward(self, images_BCHW: "Tensor") -> "tuple[Tensor, tuple[Tensor, ...]]":
        if not self.config.features:
            return self.network(images_BCHW), ()
        student_BC, taps = forward_features(self.network, images_BCHW)
        return student_BC, tuple(taps.values())

    def score(self, dataset: Dataset, metrics: Metrics) -> tuple[str, float]:
        """The first of the metrics by name, as the network answers now."""
        with self.own_threads():
            return score(self.network, dataset, metrics)

    def check(self, updates: int) -> None:
        """Raises: TrainingDiverged where update number ``updates`` left weights or statistics that are not finite."""
        state = self.network.state_dict()
        broken = [name for name, tensor in state.items() if not bool(tensor.isfinite().all())]
        if broken:
            raise self._diverged("network", updates, expected="finite weights", got=f"others in {broken[0]}")

    def _diverged(
        self, what: str, update: int, *, expected: str, got: object, hint: str = SMALLER_STEPS
    ) -> TrainingDiverged:
        where = f"the {what} of {self.config.student!r} (seed {self.config.seed}) at update {update}"
        return TrainingDiverged(where, expected=expected, got=got, hint=hint)

    def take_means(self) -> dict[str, float]:
        """Mean loss and parts since this was last asked, in nats, and start anew."""
        means = {name: total / max(self._since, 1) for name, total in self._sums.items()}
        self._sums, self._since = {}, 0
        return means

    def take_gradient_norms(self) -> list[tuple[int, dict[str, float]]]:
        """What pulled at the network, at updates counted from 1, since this was last asked."""
        found, self._gradient_norms = self._gradient_norms, []
        return found

    def _note(self, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._since += 1

    @contextmanager
    def _own_rng(self) -> Iterator[None]:
        import torch

        if not self._uses_rng:
            yield
            return
        outside = torch.get_rng_state()
        torch.set_rng_state(self._random_state)
        try:
            yield
        finally:
            self._random_state = torch.get_rng_state()
            torch.set_rng_state(outside)


def _zeros(network: "nn.Module") -> "list[tuple[Tensor, Tensor]]":
    """Matrices and kernels with zeros, and where these are."""
    weights = [weight for weight in network.parameters() if weight.ndim > 1 and bool((weight == 0).any())]
    return [(weight, weight.detach() == 0) for weight in weights]


def _start(seed: int, initial: int) -> int:
    """What torch's generator starts from. It looks at the last 32 bits alone, so a sum would not tell these apart."""
    import numpy as np

    return int(np.random.SeedSequence([seed, initial]).generate_state(1)[0]) if initial else seed


def learning_rate(optimiser: Optimiser, update: int, updates: int) -> float:
    """Linear warm-up to the highest rate, then half a cosine down to nearly zero at the last update."""
    warmup = max(1, round(optimiser.warmup_fraction * updates))
    if update < warmup:
        return optimiser.learning_rate * (update + 1) / warmup
    fraction = (update - warmup) / max(1, updates - warmup)
    return optimiser.learning_rate * 0.5 * (1 + math.cos(math.pi * fraction))


def _groups(network: object, weight_decay: float) -> list[dict[str, object]]:
    # Decay on gains, biases and norms only hurts short trainings; it is left to matrices and kernels.
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]  # type: ignore[attr-defined]
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
