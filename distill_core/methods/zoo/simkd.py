"""SimKD: the student ends in an adapter and the teacher's head.

Shapes: B batch, C channels, H height, W width, D features.
"""

from __future__ import annotations

from collections.abc import Callable

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import Tensor
from distill_core.methods.base import FeatureShapes, LossInputs, Method, Settings, StagePairs
from distill_core.methods.feature_maps import (
    check_embeddings,
    embeddings,
    last_maps,
    refuse_sequences,
    resized,
)
from distill_core.methods.feature_terms import on_features
from distill_core.methods.logit_terms import weights
from distill_core.methods.zoo.fitnet_at import hint


def matched_maps(student_BCHW: Tensor, teacher_BCHW: Tensor) -> Tensor:
    """Mean squared difference of two maps with equal channels; the larger is averaged to the size of the smaller.

    Returns: a scalar; 0 where they agree. Raises: InvalidSetting if batches or channels differ.
    Source: Chen et al. 2022 (arXiv:2203.14001), equation 3. The reference averages a larger student before its adapter;
    here it is done after, in the loss alone, since a shipped file could not average 7 places to 4.
    """
    height, width = min(tuple(student_BCHW.shape[2:]), tuple(teacher_BCHW.shape[2:]))
    return hint(resized(student_BCHW, height, width), resized(teacher_BCHW, height, width))


def ends_in_a_map(taps: tuple[tuple[int, ...], ...]) -> bool:
    """Whether a network's embedding is the mean of its last stage over the image: as many features as channels. Not so
    for tokens, and where a layer stands between them."""
    return len(taps) > 1 and len(taps[-2]) == 3 and taps[-2][:1] == taps[-1]


def _stages(pair: FeatureShapes) -> StagePairs:
    return last_maps(pair) if ends_in_a_map(pair.teacher_taps) else embeddings(pair)


def _term(pair: FeatureShapes, _settings: Settings) -> Callable[[LossInputs], Tensor]:
    ((own, other),), compare = _stages(pair), matched_maps if ends_in_a_map(pair.teacher_taps) else hint
    return lambda inputs: compare(inputs.student_taps[own], inputs.teacher_taps[other])


def _fits(pair: FeatureShapes) -> None:
    check_embeddings(pair)
    refuse_sequences(pair, pair.student_taps[-3:-2])  # which the adapter takes
    if pair.student_taps[-1:] != pair.teacher_taps[-1:]:
        got = said("embeddings of {student} and {teacher} features", pair.student_taps[-1], pair.teacher_taps[-1])
        expected, hint = "one that ends in the teacher's head", "build it with the teacher as its graft"
        raise InvalidSetting("the student", expected=expected, got=got, hint=hint)


ENTRIES = (
    Method(
        name="simkd",
        title="SimKD",
        paper="2203.14001",
        year=2022,
        teaches="The student takes over its teacher's last layer and learns only to feed it; what it needs for that "
        "counts in its size.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\mathrm{MSE}(r(f_s), f_t), "
        r"\quad z_s = h_t\big(\overline{r(f_s)}\big)",
        uses_teacher=True,
        stages=_stages,
        reuses_teacher_head=True,
        reads_embedding=True,
        # The reference sees no label.
        parameters=weights(0.0, 1.0),
        build=on_features(_term, "features"),
        fits=_fits,
    ),
)
