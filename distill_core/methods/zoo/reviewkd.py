"""ReviewKD: later stages of the student are mixed into earlier ones.

Shapes: B batch; maps are (B, channels, height, width).
"""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Method
from distill_core.methods.feature_maps import as_map, check_maps, paired_stages, resized
from distill_core.methods.feature_terms import learned_feature_loss
from distill_core.methods.logit_terms import linear_warmup, weights
from distill_core.methods.zoo.fitnet_at import hierarchical
from distill_core.networks.shapes import map_shape

MIDDLE = 64
# Added to the progress of the warm-up, so that the adapters learn from the first update.
HEAD_START = 1e-3


def _term(pair: FeatureShapes) -> nn.Module:
    """From the last stage to the first: each is mixed with the later ones by two learnt attention maps."""
    stages = paired_stages(pair)

    class Review(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            inside = [map_shape(pair.student_taps[own])[0] for own, _ in stages]
            outside = [map_shape(pair.teacher_taps[other])[0] for _, other in stages]
            self.inputs = nn.ModuleList(_conv(channels, MIDDLE, 1) for channels in inside)
            self.mixers = nn.ModuleList(nn.Conv2d(2 * MIDDLE, 2, 1) for _ in stages[1:])
            self.outputs = nn.ModuleList(_conv(MIDDLE, channels, 3) for channels in outside)

        def forward(self, inputs: LossInputs) -> Tensor:
            below: Tensor | None = None
            student, teacher = [], []
            for place in reversed(range(len(stages))):
                own, other = stages[place]
                target = as_map(inputs.teacher_taps[other])
                here = self.inputs[place](as_map(inputs.student_taps[own]))
                if below is not None:
                    here = _mixed(self.mixers[place], here, resized(below, *here.shape[2:]))
                below = here
                student.append(resized(self.outputs[place](here), *target.shape[2:]))
                teacher.append(target)
            return hierarchical(student, teacher)

    def _mixed(mixer: nn.Module, here: Tensor, below: Tensor) -> Tensor:
        shares: Tensor = mixer(torch.cat([here, below], dim=1)).sigmoid()
        return here * shares[:, :1] + below * shares[:, 1:]

    return Review()


def _conv(inside: int, outside: int, size: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inside, outside, size, padding=size // 2, bias=False), nn.BatchNorm2d(outside))


ENTRIES = (
    Method(
        name="reviewkd",
        title="Knowledge review",
        paper="2104.09044",
        year=2021,
        teaches="Old knowledge, reviewed with new eyes: the student's later stages help its earlier ones to answer to "
        "the teacher's.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w \textstyle\sum_l \mathrm{HCL}\big(\mathrm{ABF}(f_s^l, f_s^{l+1}), "
        r"f_t^l\big)",
        symbols={
            r"\mathrm{HCL}": "squared differences of the maps, whole and averaged to three sizes",
            r"\mathrm{ABF}": "mixes a stage with the later ones by learnt attention",
        },
        uses_teacher=True,
        stages=paired_stages,
        parameters=weights(1.0, 5.0),
        build=learned_feature_loss(_term, "review", share=lambda progress: linear_warmup(progress + HEAD_START)),
        reads_maps=True,
        fits=check_maps,
    ),
)
