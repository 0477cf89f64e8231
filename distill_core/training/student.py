"""One student in training: its network, loss, optimiser and random state."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np

from distill_core.errors import TrainingDiverged, said
from distill_core.lazy_torch import Tensor, nn, torch
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
from distill_core.training.device import moved, rng_kept, rng_state, set_rng_state
from distill_core.training.fake_int8 import FakeInt8
from distill_core.training.n3 import check_n3, n3
from distill_core.training.optimiser import learning_rate, torch_optimiser
from distill_core.training.precision import autocast, channels_last, one_thread
from distill_core.training.predict import score
from distill_core.training.state import RunState, check_weights, optimiser_tensors, refill, refill_optimiser, weights_of

# Logits and the outputs of the stages; no stages where the loss does not use them.
ForwardOutput = tuple["Tensor", tuple["Tensor", ...]]
# Where the parts of its state stand among its tensors.
OPTIMISER, RANDOM, RANGES = "optimiser/", "random/", "ranges/"
SMALLER_STEPS = "lower the learning rate or the weight of the soft term"


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentConfig:
    """The configuration of a student to train.

    ``visible_M``: indices of the training examples that it sees. ``labelled_N``: marks, among all training examples,
    those whose label it may use. ``loss``: where it is a module, its weights train too. ``uses_rng``: the loss draws
    random numbers. ``features``: the loss uses the stages of both networks. ``uses_mixup``: student and teacher see
    mixtures of images. ``teacher_head``: the teacher's head, for a blueprint that ends in it; the network copies its
    weights.

    ``peers``: the keys of the runs that teach each other, with this run's own, in a fixed order; empty without mutual
    learning. ``initial``: the number of its initial weights among those of the seed; all students without peers have 0.
    ``start``: a network of this blueprint whose weights replace the initial ones. ``keeps_zeros``: weights that are
    zero in ``start`` stay zero. ``int8_aware``: its layers round to 8 bits while it trains.
    """

    run: str
    student: str
    blueprint: Blueprint
    loss: DistillLoss
    uses_teacher: bool
    seed: int
    visible_M: np.ndarray
    labelled_N: np.ndarray
    uses_rng: bool = False
    features: bool = False
    teacher_head: nn.Module | None = None
    peers: tuple[str, ...] = ()
    initial: int = 0
    uses_mixup: bool = False
    start: nn.Module | None = None
    keeps_zeros: bool = False
    int8_aware: bool = False


class StudentTrainer:
    """Trains one network, a step at a time. It has its own random state, so its result does not depend on the other
    students of its cohort."""

    def __init__(
        self,
        config: StudentConfig,
        optimiser: Optimiser,
        *,
        updates: int,
        batch_size: int,
        precision: ResolvedPrecision,
        device: str = "cpu",
    ) -> None:
        self.config = config
        self.labelled_N = moved(torch.from_numpy(config.labelled_N), device)
        self._optimiser = optimiser
        self._updates = updates
        self._precision = precision
        self._device = device
        with rng_kept(device):
            torch.manual_seed(_start(config.seed, config.initial))
            # Initial weights are always drawn on the CPU: they are the same on every device.
            self.network = channels_last(build(config.blueprint)).train()
            self._random_state = rng_state(device)
        if config.teacher_head is not None:
            self.network.get_submodule("head").load_state_dict(config.teacher_head.state_dict())
        if config.start is not None:
            self.network.load_state_dict(config.start.state_dict())
        for part in self._trained():
            contiguous_if_narrow(moved(part, device))
        check_n3(self.network, optimiser.n3)
        self._zeros = _zeros(self.network) if config.keeps_zeros else []
        self._rounding = FakeInt8(self.network) if config.int8_aware else nullcontext
        self._uses_rng = config.uses_rng or uses_rng(config.blueprint)
        # It depends on this student alone, since the number of threads can change the last bit of a sum.
        self.single_threaded = (
            device == "cpu" and not self._uses_rng and is_small(profile(config.blueprint).macs, batch_size)
        )
        self._torch_optimiser = torch_optimiser(optimiser, self._trained(), device)
        self._sums: dict[str, float] = {}
        self._since = 0
        self._gradient_norms: list[tuple[int, dict[str, float]]] = []

    def _trained(self) -> list[nn.Module]:
        """The modules whose weights train: the network, and the loss where it is a module."""
        return [part for part in (self.network, self.config.loss) if isinstance(part, nn.Module)]

    def step(
        self,
        update: int,
        images_BCHW: Tensor,
        teacher_BC: Tensor | None,
        targets_B: Tensor,
        teacher_taps: tuple[Tensor, ...] = (),
    ) -> None:
        """Make optimiser update number ``update``, counted from 0. Students that are ``single_threaded`` may step side
        by side, a thread each.

        Raises: TrainingDiverged where the loss is not finite; the weights are not changed then.
        """
        with self.own_threads():
            answer = self.forward(images_BCHW)
            loss = self.compute_loss(update, answer, teacher_BC, targets_B, teacher_taps)
            self.optimizer_step(update, loss, images_BCHW, targets_B)

    def own_threads(self) -> AbstractContextManager[object]:
        """A context with the number of threads that its result is defined for: sums depend on that number."""
        return one_thread() if self.single_threaded else nullcontext()

    def forward(self, images_BCHW: Tensor) -> ForwardOutput:
        """The first part of a step: logits and stages of a batch, float32, with gradients."""
        with self._own_rng(), autocast(self._precision, self._device), self._rounding():
            student_BC, taps = self._forward(images_BCHW)
        return student_BC.float(), tuple(tap.float() for tap in taps)

    def compute_loss(
        self,
        update: int,
        answer: ForwardOutput,
        teacher_BC: Tensor | None,
        targets_B: Tensor,
        teacher_taps: tuple[Tensor, ...] = (),
        peers: tuple[Tensor, ...] = (),
    ) -> StepLoss:
        """The second part of a step: the loss of the logits and stages that ``forward`` gave.

        Raises: TrainingDiverged where the loss is not finite, or draws random numbers without ``uses_rng``: it would
        draw from the generator of other students. That is checked at the updates whose gradient norms are recorded.
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

    def optimizer_step(self, update: int, loss: StepLoss, images_BCHW: Tensor, targets_B: Tensor) -> None:
        """The last part of a step: backward pass and optimiser update. What regularises the weights (weight decay, N3)
        is no part of the loss that is reported."""
        for group in self._torch_optimiser.param_groups:
            group["lr"] = learning_rate(self._optimiser, update, self._updates)
        self._torch_optimiser.zero_grad()
        total, share = loss.total, self._optimiser.n3
        regularised = total + share * n3(self.network, images_BCHW, targets_B) if share else total
        regularised.backward()  # type: ignore[no-untyped-call]
        self._torch_optimiser.step()
        for weight, zero in self._zeros:
            weight.data[zero] = 0.0
        self._note(
            {"total": float(total.detach()), **{name: float(part.detach()) for name, part in loss.parts.items()}}
        )

    def _forward(self, images_BCHW: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        if not self.config.features:
            return self.network(images_BCHW), ()
        student_BC, taps = forward_features(self.network, images_BCHW)
        return student_BC, tuple(taps.values())

    def score(self, dataset: Dataset, metrics: Metrics) -> tuple[str, float]:
        """The name and value of the first metric on a dataset, with the present weights."""
        with self.own_threads():
            return score(self.network, dataset, metrics)

    def check(self, updates: int) -> None:
        """Raises: TrainingDiverged where weights or statistics are not finite after ``updates`` updates."""
        state = self.network.state_dict()
        broken = [name for name, tensor in state.items() if not bool(tensor.isfinite().all())]
        if broken:
            raise self._diverged("network", updates, expected="finite weights", got=f"others in {broken[0]}")

    def _diverged(
        self, what: str, update: int, *, expected: str, got: object, hint: str = SMALLER_STEPS
    ) -> TrainingDiverged:
        where = said(
            "the {what} of {student!r} (seed {seed}) at update {update}",
            what,
            self.config.student,
            self.config.seed,
            update,
        )
        return TrainingDiverged(where, expected=expected, got=got, hint=hint)

    def take_means(self) -> dict[str, float]:
        """The means of the loss (``total``, nats) and its parts over the updates since the last call."""
        means = {name: total / max(self._since, 1) for name, total in self._sums.items()}
        self._sums, self._since = {}, 0
        return means

    def take_gradient_norms(self) -> list[tuple[int, dict[str, float]]]:
        """The gradient norms recorded since the last call, each with its update, counted from 1."""
        norms, self._gradient_norms = self._gradient_norms, []
        return norms

    def state(self) -> RunState:
        """Everything that a step changes; its tensors are not copied."""
        tensors = optimiser_tensors(self._torch_optimiser, OPTIMISER)
        tensors |= weights_of(self._trained())
        tensors |= {f"{RANDOM}{number}": state for number, state in enumerate(self._random_state)}
        if isinstance(self._rounding, FakeInt8):
            tensors |= {f"{RANGES}{place}": known for place, known in self._rounding.ranges.items()}
        return RunState({"sums": self._sums, "since": self._since, "norms": self._gradient_norms}, tensors)

    def check_state(self, state: RunState) -> None:
        """Raises CorruptFile where the state is another network's."""
        check_weights(self._trained(), state.tensors)

    def restore(self, state: RunState) -> None:
        """Go on after the step after which ``state`` was taken, once ``check_state`` found it to fit."""
        refill(self._trained(), state.tensors)
        refill_optimiser(self._torch_optimiser, state.tensors, OPTIMISER)
        self._random_state = tuple(state.tensors[f"{RANDOM}{number}"] for number in range(len(self._random_state)))
        if isinstance(self._rounding, FakeInt8):
            self._rounding.restore({name.removeprefix(RANGES): known for name, known in state.tensors.items()})
        self._sums, self._since = dict(state.values["sums"]), state.values["since"]
        self._gradient_norms = [(update, norms) for update, norms in state.values["norms"]]

    def _note(self, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._since += 1

    @contextmanager
    def _own_rng(self) -> Iterator[None]:
        """Inside, torch's generators continue this student's own random state."""
        if not self._uses_rng:
            yield
            return
        with rng_kept(self._device):
            set_rng_state(self._random_state, self._device)
            try:
                yield
            finally:
                self._random_state = rng_state(self._device)


def _zeros(network: nn.Module) -> list[tuple[Tensor, Tensor]]:
    """The matrices and kernels that have zeros, each with a mask of its zeros."""
    weights = [weight for weight in network.parameters() if weight.ndim > 1 and bool((weight == 0).any())]
    return [(weight, weight.detach() == 0) for weight in weights]


def _start(seed: int, initial: int) -> int:
    """The seed for torch's generator, which uses only the last 32 bits: initial weights 1, 2, ... get hashed seeds."""
    return int(np.random.SeedSequence([seed, initial]).generate_state(1)[0]) if initial else seed
