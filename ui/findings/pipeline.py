"""What a compression pipeline shows: its ends beside the teacher, its baselines, and what each kind of step changed.

``ui/screens/compress/findings.py`` finds these facts."""

from dataclasses import dataclass

from ui.findings.facts import Estimate, Gap, Latency, WhyApart

__all__ = [
    "SAME",
    *("Accuracy", "Baseline", "Change", "End", "LatencyApart", "Named", "Pair", "Rounded", "Sliced", "SmallerNumbers"),
    *("Sparse", "Speed", "TrainedSparse"),
]


# What one step changes by less is called the same: files of one size differ by a few bytes.
SAME = 1.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A network; ``settings`` tell it from others that were made by the same step."""

    name: str
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """On test, 0 to 1, or the task's own metric; ``alike``: made with several seeds, and the same with each."""

    value: Estimate
    alike: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A cost of a network and of the one that it was made from."""

    own: float
    other: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyApart:
    """Latencies that are told and not compared."""

    own: Latency
    beside: str
    other: Latency
    why: WhyApart


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A finished network of which nothing else was made, beside the teacher. ``gap`` None: where the teacher is; costs
    None: not known, alike, or not comparable; ``on_file``: its accuracy is that of its file of smaller numbers."""

    network: Named
    gap: Gap | None
    teacher: float
    size_bytes: Pair | None = None
    p50_ms: Pair | None = None
    on_file: bool = False
    apart: LatencyApart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The same architecture from random weights, and how ``network`` stands beside it: ``gap`` None is no difference.
    ``verdict`` is a direction, None without one; ``one_seed``: it speaks of these two networks."""

    name: str
    accuracy: Accuracy
    network: Named
    gap: Gap | None
    verdict: str | None = None
    one_seed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliced:
    """Before any training. ``accuracy`` None: the slice cuts nothing; ``guess``: hardly more than guessing."""

    network: Named
    accuracy: Accuracy | None = None
    whole: Accuracy | None = None
    guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Two medians in milliseconds; ``direction`` is faster, slower or no faster."""

    now_ms: float
    then_ms: float
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparse:
    """``zeros``: the share of weights that are 0; ``zipped``: bytes of the zip of its file, and before."""

    network: Named
    zeros: float
    zipped: Pair | None = None
    speed: Speed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedSparse:
    """``zipped``: bytes of the zip of its file, and of the file."""

    network: Named
    accuracy: Accuracy
    zipped: Pair | None = None
    speed: Speed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """``gap`` None: accuracy is where it was; ``largest_error`` of a weight."""

    network: Named
    gap: Gap | None
    metric: str
    largest_error: float | None = None
    zipped: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallerNumbers:
    """A file of 8 or 16 bits beside its float file; of a file of the teacher (``of_teacher``) its latency alone is
    told, since its end says the rest. ``gap`` None: no difference."""

    network: Named
    of_teacher: bool
    gap: Gap | None
    metric: str
    bytes_share: float | None = None
    speed: Speed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one stage changed beside the network that it was made from: shares of MACs and bytes, None where alike or
    not known. ``gap`` None where that is not known; ``still``: it reads as 0; ``beside``: where that is not the stage
    above."""

    macs: float | None
    onnx_bytes: float | None
    gap: Gap | None
    metric: str
    still: bool = False
    beside: str | None = None
