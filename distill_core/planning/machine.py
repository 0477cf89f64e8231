"""What a result depends on beside its specification: the order of memory, how many threads share a sum, and from which
random numbers adapters start."""

from collections.abc import Sequence

from distill_core.jobs.torch_import import import_torch
from distill_core.machine import is_small, training_threads
from distill_core.methods import Method
from distill_core.networks import Blueprint, entry_of, profile, uses_rng
from distill_core.networks.memory_order import may_be_narrow

# With so many the number is no part of a fingerprint: what ships was made so. What another machine filed before the
# number counted cannot tell with how many it was made, and is made again where it depends on them.
USUAL_THREADS = 2
# A light network is small at width 1 and less, on images and batches up to these.
LIGHT_PX, LIGHT_BATCH = 28, 128


def machine_parts(
    blueprints: Sequence[Blueprint],
    methods: Sequence[Method],
    *,
    batch_size: int,
    pruned: bool = False,
    teacher: Blueprint | None = None,
) -> list[object]:
    """Parts of a fingerprint: the memory order of networks that may have narrow convolutions, the number of threads
    where steps use all of them, and a mark where adapters have a random stream of their own. Empty for all that was
    filed before these counted, which keeps its fingerprint.

    ``blueprints``: the network and its peers; ``pruned``: it descends from a network whose form is not known yet;
    ``teacher``: the teacher's blueprint, None where no method uses it.
    """
    narrow = any(_narrow(one, pruned=pruned) for one in blueprints)
    threads = training_threads()
    many = threads != USUAL_THREADS and (
        (teacher is not None and _thread_dependent(teacher))
        or any(_takes_all_threads(one, methods, batch_size) for one in blueprints)
    )
    apart = any(method.features for method in methods) and any(map(adapters_apart, blueprints))
    parts: list[object] = ["memory order", "contiguous"] if narrow else []
    parts += ["threads", threads] if many else []
    return [*parts, "adapters apart"] if apart else parts


def adapters_apart(blueprint: Blueprint) -> bool:
    """Whether what trains beside a network starts from a stream of its own: not where all weights are drawn anew after
    torch's own start, and correlate with those of an adapter from the same seed by no more than chance."""
    return not entry_of(blueprint.architecture).redraws_weights


def _narrow(blueprint: Blueprint, *, pruned: bool) -> bool:
    entry = entry_of(blueprint.architecture)
    return may_be_narrow(blueprint, entry) or (pruned and entry.shortcut_inputs > 0)


def _thread_dependent(blueprint: Blueprint) -> bool:
    """A teacher looks at images on all threads. Convolutions then give the same bits on one to four; a transformer's
    products of matrices did not on four."""
    return entry_of(blueprint.architecture).thread_dependent or any(map(_thread_dependent, blueprint.members))


def _takes_all_threads(blueprint: Blueprint, methods: Sequence[Method], batch_size: int) -> bool:
    if any(method.uses_rng for method in methods):
        return True
    if _is_light(blueprint, batch_size):
        return False
    import_torch()  # it builds the network, and a page may be the first to ask
    return not is_small(profile(blueprint).macs, batch_size) or uses_rng(blueprint)


def _is_light(blueprint: Blueprint, batch_size: int) -> bool:
    plain = blueprint.teacher_head is None and not blueprint.changes and blueprint.width <= 1
    fits = blueprint.size_px <= LIGHT_PX and batch_size <= LIGHT_BATCH
    return entry_of(blueprint.architecture).light and plain and fits
