"""Frozen teachers, and their logits for each (image, view): precomputed, cached or computed for every batch.

Shapes: V views, N images, C classes, B batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.machine import ResolvedPrecision
from distill_core.networks import forward_features
from distill_core.networks.fold import fold_batch_norm
from distill_core.planning.loop import BLOCK, MOST_CACHED_BYTES
from distill_core.tasks import Dataset
from distill_core.training.batches import Batch
from distill_core.training.device import moved
from distill_core.training.precision import autocast, channels_last


class TeacherModel(Protocol):
    """The interface of a teacher: a network, an ensemble, a file. It gets batches on the CPU.

    ``stages``: the names of the parts whose outputs it gives, the pooled embedding last; empty where it gives none, and
    methods on features refuse it then. ``head``: the layer from that embedding to logits, None where it has none.
    """

    @property
    def stages(self) -> tuple[str, ...]: ...

    @property
    def head(self) -> nn.Module | None: ...

    def logits(self, batch: Tensor) -> Tensor:
        """Logits (B, C, *positions) of a batch of examples."""

    def logits_and_stages(self, batch: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Logits, and the output of each stage."""


class Teacher(ABC):
    """A TeacherModel for the loop: it answers outside of any gradient, in float32, and has caches of logits.

    ``recorded_VNC``: precomputed logits for each view of each training image of the task. ``caches``: its own, unless
    it is given those of other teachers, whose memory it then shares.
    """

    def __init__(self, recorded_VNC: Tensor | None = None) -> None:
        self.recorded_VNC = recorded_VNC
        self.caches = LogitCaches()

    def outputs_for(
        self, dataset: Dataset, images: np.ndarray, *, mode: Literal["cached", "consistent"], views: int
    ) -> TeacherOutputs:
        """The source of logits for these examples: precomputed, cached or live."""
        if mode == "consistent":
            return LiveTeacher(self)
        if self.recorded_VNC is not None and not dataset.scene:
            return PrecomputedTeacher(self, self.recorded_VNC)
        return self.caches.of(self, dataset, images, views)

    def __call__(self, images_BCHW: Tensor) -> Tensor:
        return self.logits(images_BCHW)

    @property
    @abstractmethod
    def stages(self) -> tuple[str, ...]: ...

    @property
    @abstractmethod
    def head(self) -> nn.Module | None: ...

    @abstractmethod
    def logits(self, batch: Tensor) -> Tensor: ...

    @abstractmethod
    def logits_and_stages(self, batch: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]: ...


class FrozenTeacher(Teacher):
    """A copy of a network on a device, with folded batch norms, in eval mode and without gradients. It holds the copy
    instead of inheriting, so that nothing can call ``train()``."""

    def __init__(
        self,
        network: nn.Module,
        precision: ResolvedPrecision,
        recorded_VNC: Tensor | None = None,
        device: str = "cpu",
    ) -> None:
        super().__init__(recorded_VNC)
        self._network = moved(channels_last(fold_batch_norm(network)).requires_grad_(False), device)
        self._device = device
        self._precision = precision

    def logits(self, images_BCHW: Tensor) -> Tensor:
        """Logits (B, C), float32, outside of any gradient."""
        with torch.inference_mode(False), torch.no_grad(), autocast(self._precision, self._device):
            return self._network(moved(images_BCHW, self._device)).float()  # type: ignore[no-any-return]

    def logits_and_stages(self, images_BCHW: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Logits (B, C) and the output of each stage, float32, outside of any gradient."""
        with torch.inference_mode(False), torch.no_grad(), autocast(self._precision, self._device):
            logits_BC, taps = forward_features(self._network, moved(images_BCHW, self._device))
        return logits_BC.float(), tuple(tap.float() for tap in taps.values())

    @property
    def stages(self) -> tuple[str, ...]:
        return self._network.taps  # type: ignore[return-value]

    @property
    def head(self) -> nn.Module | None:
        """The layer from the pooled embedding to logits; it does not train. None for an ensemble."""
        return self._network.get_submodule("head") if self.stages else None


class ForeignTeacher(Teacher):
    """A model that is no network of this lab; it computes on the CPU."""

    def __init__(self, model: TeacherModel) -> None:
        super().__init__()
        self._model = model

    @property
    def stages(self) -> tuple[str, ...]:
        return self._model.stages

    @property
    def head(self) -> nn.Module | None:
        return self._model.head

    def logits(self, batch: Tensor) -> Tensor:
        with torch.inference_mode(False), torch.no_grad():
            return self._model.logits(moved(batch, "cpu")).float()

    def logits_and_stages(self, batch: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        with torch.inference_mode(False), torch.no_grad():
            logits_BC, stages = self._model.logits_and_stages(moved(batch, "cpu"))
        return logits_BC.float(), tuple(stage.float() for stage in stages)


class _CachedLogits:
    """Cached mode. Stages would fill the memory, so methods that use them trigger a forward pass; logits always come
    from the cache."""

    _teacher: Teacher

    def logits(self, batch: Batch, images_BCHW: Tensor | None = None) -> Tensor:
        raise NotImplementedError

    def logits_and_stages(self, batch: Batch, images_BCHW: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Logits (B, C) and the output of each stage."""
        return self.logits(batch, images_BCHW), self._teacher.logits_and_stages(images_BCHW)[1]


class LiveTeacher:
    """Consistent mode: a forward pass for every batch, shared by all students that read it."""

    def __init__(self, teacher: Teacher) -> None:
        self._teacher = teacher

    def logits(self, batch: Batch, images_BCHW: Tensor) -> Tensor:
        return self._teacher(images_BCHW)

    def logits_and_stages(self, batch: Batch, images_BCHW: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        return self._teacher.logits_and_stages(images_BCHW)


class PrecomputedTeacher(_CachedLogits):
    """Cached mode with precomputed logits of every view of all training images."""

    def __init__(self, teacher: Teacher, recorded_VNC: Tensor) -> None:
        self._teacher = teacher
        self._recorded_VNC = recorded_VNC

    def logits(self, batch: Batch, images_BCHW: Tensor | None = None) -> Tensor:
        return self._recorded_VNC[torch.from_numpy(batch.views_B), torch.from_numpy(batch.images_B)]


class CachedTeacher(_CachedLogits):
    """Cached mode: keeps the logits of each (image, view) of a set of images, in the memory of the CPU.

    Logits are computed in fixed blocks of neighbouring images. So a value does not depend on the batch that needs it
    first, and a student does not depend on the students that train beside it.
    """

    def __init__(
        self,
        teacher: Teacher,
        dataset: Dataset,
        images: np.ndarray,
        *,
        views: int,
        needs: int = 0,
        make_room: Callable[[CachedTeacher], None] = lambda _: None,
    ) -> None:
        """``needs``: bytes of all logits; ``make_room`` is called before these take memory."""
        self._teacher = teacher
        self._dataset = dataset
        self._images = images
        self._views = views
        self.needs = needs
        self._make_room = make_room
        self._logits_VNC: Tensor | None = None  # their shape is known from the first block on
        self._known_VK = np.zeros((views, -(-len(images) // BLOCK)), dtype=bool)

    @property
    def nbytes(self) -> int:
        """The bytes that its logits take."""
        return 0 if self._logits_VNC is None else self._logits_VNC.nbytes

    def forget(self) -> None:
        """Free the logits. They are computed again where they are needed, in the same blocks and to the same bits."""
        self._logits_VNC = None
        self._known_VK[:] = False

    def logits(self, batch: Batch, images_BCHW: Tensor | None = None) -> Tensor:
        """Logits (B, C) of the batch's views; blocks that are missing are computed first."""
        blocks = batch.positions_B // BLOCK
        missing = ~self._known_VK[batch.views_B, blocks]
        for view, block in np.unique(np.stack([batch.views_B[missing], blocks[missing]], axis=1), axis=0):
            self._fill(int(view), int(block))
        assert self._logits_VNC is not None
        return self._logits_VNC[torch.from_numpy(batch.views_B), torch.from_numpy(batch.positions_B)]

    def _fill(self, view: int, block: int) -> None:
        span = slice(block * BLOCK, min((block + 1) * BLOCK, len(self._images)))
        images = self._images[span]
        logits_BC = self._teacher(self._dataset.batch(images, np.full(len(images), view)))
        if self._logits_VNC is None:
            self._make_room(self)
            self._logits_VNC = torch.empty(self._views, len(self._images), *logits_BC.shape[1:])
        self._logits_VNC[view, span] = logits_BC
        self._known_VK[view, block] = True


class LogitCaches:
    """The cached logits of teachers, a cache for each set of examples and views, together at most ``most_bytes``.

    A cache lasts, so that cohorts that train one after the other share it. Where a new one finds no room, the oldest
    others forget their logits. A set that needs more than ``most_bytes`` alone has no cache; its size alone decides
    that, so that a student's bits do not depend on the students beside it.
    """

    def __init__(self, most_bytes: int = MOST_CACHED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: dict[tuple[Teacher, str, int, int, bytes], CachedTeacher] = {}

    def of(self, teacher: Teacher, dataset: Dataset, images: np.ndarray, views: int) -> CachedTeacher | LiveTeacher:
        """The cache of these examples, or the teacher itself where they are too many."""
        key = teacher, dataset.scene, dataset.data_seed, views, images.tobytes()
        if key not in self._kept:
            needs = views * len(images) * teacher(dataset.batch(images[:1])).nbytes
            if needs > self._most_bytes:
                return LiveTeacher(teacher)
            self._kept[key] = CachedTeacher(
                teacher, dataset, images, views=views, needs=needs, make_room=self._make_room
            )
        return self._kept[key]

    def drop(self, teacher: Teacher) -> None:
        """Evict all caches of a teacher that teaches no more."""
        self._kept = {key: cache for key, cache in self._kept.items() if key[0] is not teacher}

    def _make_room(self, newest: CachedTeacher) -> None:
        held = sum(cache.nbytes for cache in self._kept.values())
        for cache in self._kept.values():
            if held + newest.needs <= self._most_bytes:
                return
            held -= cache.nbytes
            cache.forget()


TeacherOutputs = PrecomputedTeacher | CachedTeacher | LiveTeacher
