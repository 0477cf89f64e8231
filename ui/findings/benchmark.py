"""What was measured on a device: who is fastest, what threads and WebGPU bring, the server beside it, what is excluded.

``ui/screens/benchmark/findings.py`` finds these facts."""

from dataclasses import dataclass

from distill_core.tasks.base import Kind
from ui.findings.facts import Latency, WhyApart

__all__ = ["BesideTeacher", "Fastest", "Instead", "Meanwhile", "Mismatch", "NotHere"]
__all__ += ["OnServer", "OnlyServer", "Pace", "Partly", "Wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fastest:
    """``way``: the backend as it is called; ``alone``: no other network was measured; ``runs_per_sample``: of how many
    runs a sample is the mean."""

    network: str
    latency: Latency
    p95_ms: float
    kind: Kind
    batch_size: int
    runs_per_sample: int
    way: str
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A network beside another measurement: ``times`` as fast (above 1) or as long (below 1, as its inverse), 1 where
    they are alike; None where they are not compared."""

    network: str
    own: Latency
    other: Latency
    times: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideTeacher:
    """``more`` networks are only counted; ``why``: why some are not compared."""

    teacher: Latency
    paces: tuple[Pace, ...]
    more: int = 0
    why: WhyApart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """One backend instead of another: ``threads`` instead of one, or (None) WebGPU instead of WebAssembly. ``lost``: it
    is slower for all."""

    threads: int | None
    paces: tuple[Pace, ...]
    more: int = 0
    lost: bool = False
    why: WhyApart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnServer:
    """The same file on the server; ``pace`` is this device's. ``why``: why they are not compared, where one of them was
    disturbed."""

    pace: Pace
    way: str
    why: WhyApart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyServer:
    """The fastest network on the server, where this browser has measured none; ``way`` and ``alone`` as of
    ``Fastest``."""

    network: str
    latency: Latency
    kind: Kind
    batch_size: int
    way: str
    alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHere:
    """This browser has measured none at this batch size and precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partly:
    """Networks of which the CPU ran a part."""

    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What the lab's own machine does while this browser would measure on it: a background task, None for training."""

    task: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """``largest``: difference of an output; None where there is no comparable answer."""

    network: str
    way: str
    largest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is excluded, since its outputs differ from the server's."""

    mismatches: tuple[Mismatch, ...]
    more: int = 0
