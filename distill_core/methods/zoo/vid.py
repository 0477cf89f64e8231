"""VID: a Gaussian with learnt variances for the teacher's features given the student's.

Shapes: B batch; maps (B, channels, height, width).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from distill_core.lazy_torch import F, Tensor, nn, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Method
from distill_core.methods.feature_maps import adapter, as_map, channels_last, check_maps, matched, paired_stages
from distill_core.methods.feature_terms import learned_feature_loss
from distill_core.methods.logit_terms import weights
from distill_core.networks.shapes import map_shape

FIRST_VARIANCE = 5.0
LEAST_VARIANCE = 1e-5


def gaussian_nll(mean: Tensor, teacher: Tensor, raw_variance_C: Tensor) -> Tensor:
    """½ · mean of (mean − teacher)² / σ² + log σ², a variance a channel: softplus of ``raw_variance_C`` above 1e-5.

    Shapes: (batch, channels, height, width) twice, (channels,). Returns: a scalar in nats a number, up to a constant.
    Source: Ahn et al. 2019 (arXiv:1904.05835), equation 5.
    """
    variance_C = F.softplus(raw_variance_C) + LEAST_VARIANCE
    # A channel's places share its variance, so their mean comes first.
    squares_C: Tensor = _mean_squares().apply(channels_last(mean), channels_last(teacher.detach()))
    return 0.5 * (squares_C / variance_C + variance_C.log()).mean()


@cache
def _mean_squares() -> Any:
    """The mean of (mean − teacher)² over batch, height and width: maps (B, H, W, C) in, (C,) out.

    autograd's own backward pass gives the same bits, and writes two more tensors of the size of a map on its way.
    """

    class MeanSquares(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, mean_BHWC: Tensor, teacher_BHWC: Tensor) -> Tensor:
            context.save_for_backward(mean_BHWC, teacher_BHWC)
            return F.mse_loss(mean_BHWC, teacher_BHWC, reduction="none").mean((0, 1, 2))

        @staticmethod
        def backward(context: Any, gradient_C: Tensor) -> tuple[Tensor, None]:
            mean_BHWC, teacher_BHWC = context.saved_tensors
            places = mean_BHWC[..., 0].numel()
            return (mean_BHWC - teacher_BHWC).mul_(2 * (gradient_C / places)), None

    return MeanSquares


def _term(pair: FeatureShapes) -> nn.Module:
    stages = paired_stages(pair)
    # So that softplus gives the first variance.
    first = math.log(math.expm1(FIRST_VARIANCE - LEAST_VARIANCE))

    class Variational(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            taps = [(pair.student_taps[own], pair.teacher_taps[other]) for own, other in stages]
            self.means = nn.ModuleList(adapter(*shapes) for shapes in taps)
            channels = [map_shape(teacher)[0] for _, teacher in taps]
            self.variances = nn.ParameterList(nn.Parameter(torch.full((count,), first)) for count in channels)

        def forward(self, inputs: LossInputs) -> Tensor:
            losses = []
            for (own, other), mean, variance in zip(stages, self.means, self.variances, strict=True):
                teacher = as_map(inputs.teacher_taps[other])
                adapted = matched(mean, as_map(inputs.student_taps[own]), *teacher.shape[2:])
                losses.append(gaussian_nll(adapted, teacher, variance))
            return torch.stack(losses).sum()

    return Variational()


ENTRIES = (
    Method(
        name="vid",
        title="Variational information",
        paper="1904.05835",
        year=2019,
        teaches="The student need not copy what it cannot: a variance for each channel learns which of the teacher's "
        "features it can explain.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w \textstyle\sum_l \tfrac12\,\overline{(\mu(f_s)-f_t)^2/\sigma^2 + "
        r"\log \sigma^2}",
        symbols={
            r"\mu": "adapter: the mean that the student predicts",
            r"\sigma": r"$\sigma^2$: a variance for each channel, which trains along",
        },
        uses_teacher=True,
        stages=paired_stages,
        parameters=weights(1.0, 1.0),
        units={"hard": "nats", "features": "nats a number"},
        build=learned_feature_loss(_term, "features"),
        reads_maps=True,
        fits=check_maps,
    ),
)
