"""IRG, the instance-relation graph: images are vertices, distances are edges; both change from stage to stage.

Shapes: B batch; maps are (B, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Method, Settings, StagePairs
from distill_core.methods.checks import check_batches, check_logits
from distill_core.methods.feature_maps import as_map, check_embeddings, check_maps, embeddings, paired_stages
from distill_core.methods.feature_terms import on_features
from distill_core.methods.logit_terms import numbers_of, weight, weights
from distill_core.methods.pictures import graphs
from distill_core.methods.standardization import compared_logits
from distill_core.networks.shapes import map_shape

LEAST = 1e-12


def instance_graph(
    student: Sequence[Tensor], teacher: Sequence[Tensor], *, vertex: float, edge: float, transformation: float
) -> Tensor:
    """Weighted sum of three mean squared differences: of the logits (vertices), of the graphs' edges at every stage,
    and of the change between the two maps (transformation).

    ``student`` and ``teacher``: (earlier map, later map, pooled features, logits). Returns: a scalar.
    Raises: InvalidSetting for another number of parts, other batches, or a later map with fewer channels than the
    earlier one.
    Source: Liu et al. 2019, Knowledge Distillation via Instance Relationship Graph (CVPR), equations 5 to 9.
    """
    for parts in (student, teacher):
        if len(parts) != 4:
            expected, hint = "two maps, pooled features and logits", "take them from the network's stages"
            raise InvalidSetting(
                "an instance graph", expected=expected, got=said("{count} parts", len(parts)), hint=hint
            )
    check_logits(student[3], teacher[3])
    for pair in zip(student, teacher, strict=True):
        check_batches(*pair)
    teacher = [part.detach() for part in teacher]
    vertices = F.mse_loss(student[3], teacher[3])
    graphs = [F.mse_loss(edges(graph), edges(other)) for graph, other in zip(student[:3], teacher[:3], strict=True)]
    change = F.mse_loss(_change_B(student[0], student[1]), _change_B(teacher[0], teacher[1]))
    return vertex * vertices + edge * torch.stack(graphs).mean() + transformation * change


def edges(features: Tensor) -> Tensor:
    """(B, B) squared distances between all pairs of images, divided by the largest; 0 on the diagonal."""
    flat = features.flatten(1)
    squares = flat.square().sum(1)
    distances = (squares[None] + squares[:, None] - 2 * flat @ flat.T).clamp(min=LEAST)
    apart = ~torch.eye(len(flat), dtype=torch.bool, device=flat.device)
    distances = torch.where(apart, distances, 0.0)
    return distances / distances.max().clamp(min=LEAST)


def _change_B(earlier: Tensor, later: Tensor) -> Tensor:
    """Squared distance from one stage to the next, image by image, divided by the largest."""
    if earlier.shape[2:] != later.shape[2:]:
        earlier = F.adaptive_avg_pool2d(earlier, (later.shape[2], later.shape[3]))
    if later.shape[1] != earlier.shape[1]:
        later = _fewer_channels(later, earlier.shape[1])
    distances = (earlier - later).flatten(1).square().sum(1).clamp(min=LEAST)
    return distances / distances.max()


def _fewer_channels(maps: Tensor, channels: int) -> Tensor:
    """Neighbouring channels averaged, as the reference does where their number doubles from stage to stage."""
    if maps.shape[1] < channels:
        raise InvalidSetting(
            "a later stage",
            expected=said("{channels} channels or more", channels),
            got=maps.shape[1],
            hint="choose other stages",
        )
    flat = maps.flatten(2).transpose(1, 2).flatten(0, 1)
    pooled = F.adaptive_avg_pool1d(flat, channels)
    return pooled.reshape(len(maps), -1, channels).transpose(1, 2).reshape(len(maps), channels, *maps.shape[2:])


def _fits(pair: FeatureShapes) -> None:
    """Raises InvalidSetting for networks with fewer than two stages, or whose channels shrink between the last two."""
    stages = paired_stages(pair)
    if len(stages) < 2:
        got, hint = len(stages), "choose networks with more stages, or another method"
        raise InvalidSetting("stages of an instance graph", expected="two of each network", got=got, hint=hint)
    check_maps(pair)
    check_embeddings(pair)
    own, other = zip(*stages[-2:], strict=True)
    for taps, places in ((pair.student_taps, own), (pair.teacher_taps, other)):
        earlier, later = (map_shape(taps[place])[0] for place in places)
        if later < earlier:
            expected, hint = (
                said("{earlier} channels or more", earlier),
                "choose another network or method",
            )
            raise InvalidSetting("the last stage", expected=expected, got=later, hint=hint)


def _stages(pair: FeatureShapes) -> StagePairs:
    return (*paired_stages(pair)[-2:], *embeddings(pair))


def _term(pair: FeatureShapes, settings: Settings) -> Callable[[LossInputs], Tensor]:
    numbers = numbers_of(instance_graph, settings)
    stages = paired_stages(pair)[-2:]

    def term(inputs: LossInputs) -> Tensor:
        student, teacher = inputs.student_taps, inputs.teacher_taps
        student_BC, teacher_BC = compared_logits(inputs, settings, per_example=True)
        return instance_graph(
            [*(as_map(student[place]) for place, _ in stages), student[-1], student_BC],
            [*(as_map(teacher[place]) for _, place in stages), teacher[-1], teacher_BC],
            **numbers,
        )

    return term


ENTRIES = (
    Method(
        name="irg",
        title="Instance-relation graph",
        paper="",
        year=2019,
        teaches="A batch as a graph: examples are its vertices, their distances its edges. The student builds the "
        "teacher's graph at every stage, and changes it alike from stage to stage.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\big[\lambda_v\,\mathrm{MSE}(z) + \lambda_e\,\mathrm{MSE}(A) + "
        r"\lambda_t\,\mathrm{MSE}(\Delta)\big]",
        symbols={
            r"\lambda": r"weights of vertices ($\lambda_v$), edges ($\lambda_e$) and transformation ($\lambda_t$)",
            "A": "edges: distances between all pairs of examples",
            r"\Delta": "how far an example moves from one stage to the next",
        },
        uses_teacher=True,
        stages=_stages,
        uses_logits=True,
        family="relations",
        per_example=True,
        reads_embedding=True,
        source="Liu et al. 2019, Knowledge Distillation via Instance Relationship Graph, CVPR",
        parameters={**weights(1.0, 1.0), "vertex": weight(0.1), "edge": weight(5.0), "transformation": weight(5.0)},
        picture=graphs(edges, "squared distance, divided by the largest", "of the largest"),
        build=on_features(_term, "graph"),
        reads_maps=True,
        fits=_fits,
    ),
)
