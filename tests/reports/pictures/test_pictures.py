"""Pictures of methods from two networks that ship: real tensors, checked against the losses themselves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from distill_core.errors import InvalidSetting, NotFound, UnknownName
from distill_core.methods import METHODS, Method, StepLoss
from distill_core.methods.feature_maps import embeddings
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.pictures import (
    Attention,
    Compared,
    DecoupledTerms,
    Graphs,
    Matrices,
    PairActivations,
    Stages,
    spread,
)
from distill_core.methods.zoo.fitnet_at import attention_transfer
from distill_core.methods.zoo.nkd import nkd_loss
from distill_core.methods.zoo.ofa import ofa_loss
from distill_core.methods.zoo.rkd_pkt_sp import relational, similarity_preserving
from distill_core.reports.teaching.activations import pair_activations
from distill_core.reports.teaching.method_view import explain_method
from distill_core.store import Store
from distill_core.tasks import TASKS, TaskCatalog
from tests.methods.pairs import WHOLE

TASK = "fashion_mnist_small"
TEACHER, STUDENT = "shipped:fashion_resnet20", "shipped:fashion_resnet8_weak"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store.open(tmp_path_factory.mktemp("pictures"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def activations(store: Store, tmp_path_factory: pytest.TempPathFactory) -> PairActivations:
    return pair_activations(store, TaskCatalog(tmp_path_factory.mktemp("home")), TASK, TEACHER, STUDENT)


def drawn(name: str, activations: PairActivations) -> object:
    return explain_method(METHODS.get(name), activations).picture


def test_images_are_spread_over_the_classes_and_stand_class_by_class() -> None:
    assert spread(np.array([1, 0, 0, 1, 2, 0, 1]), 5).tolist() == [1, 2, 0, 3, 4]


def test_both_networks_look_at_the_same_images(activations: PairActivations) -> None:
    assert activations.inputs.targets_B.tolist() == sorted([*range(10)] * 4)
    assert activations.inputs.targets_B.tolist() == sorted(activations.inputs.targets_B.tolist())
    right = (activations.inputs.teacher_BC.argmax(1) == activations.inputs.targets_B).float().mean()  # type: ignore[union-attr]
    assert right > 0.85


@pytest.mark.parametrize("method", WHOLE, ids=lambda method: method.name)
def test_every_method_has_a_picture(method: Method, activations: PairActivations) -> None:
    if method.reuses_teacher_head:
        with pytest.raises(InvalidSetting, match="expected a student that SimKD trained, got ResNet-8"):
            explain_method(method, activations)
        activations = replace(activations, grafted=True)
    found = explain_method(method, activations)
    kinds = (Stages, Attention, Matrices, Graphs) if method.features else (Compared, DecoupledTerms)
    assert isinstance(found.picture, kinds)
    assert (found.total is None) == bool(found.inputs_used.trainable)
    assert len(found.few_K) == 12


@pytest.mark.parametrize("method", [one for one in WHOLE if one.features], ids=lambda one: one.name)
def test_an_ensemble_has_no_stages_to_draw(method: Method, activations: PairActivations) -> None:
    alone = replace(activations, pair=replace(activations.pair, teacher_taps=(), teacher_head=None))
    with pytest.raises(InvalidSetting, match=r"expected two networks with stages, got an ensemble"):
        explain_method(method, alone)


def test_a_new_method_gets_the_picture_of_its_kind(activations: PairActivations) -> None:
    def build(settings: object, pair: object) -> object:
        return lambda inputs: StepLoss(parts={"own": inputs.student_BC.sum()})

    plain = {"name": "new", "title": "New", "paper": "", "teaches": "", "formula": "", "uses_teacher": True}
    logits = explain_method(Method(**plain, build=build, temperature=2.0), activations)
    assert isinstance(logits.picture, Compared)
    assert (logits.picture.what, set(logits.parts)) == ("probability at T = 2", {"own"})
    assert isinstance(explain_method(Method(**plain, build=build, stages=embeddings), activations).picture, Stages)


def test_attention_is_what_the_loss_compares(activations: PairActivations) -> None:
    found = drawn("at", activations)
    assert isinstance(found, Attention)
    assert [stage.student for stage in found.stages] == ["stage1", "stage2", "stage3"]
    for place, stage in enumerate(found.stages):
        student, teacher = activations.inputs.student_taps[place], activations.inputs.teacher_taps[place]
        cells = min(student.shape[2], teacher.shape[2]) ** 2
        # two rows of length 1: the squared distance is 2 − 2 · cosine
        loss = (2 - 2 * stage.alike_N).mean() / cells
        assert loss == pytest.approx(float(attention_transfer(student, teacher)), rel=1e-4)
        assert stage.teacher_NHW.max((1, 2)) == pytest.approx(1.0)


def test_matrices_are_what_the_loss_compares(activations: PairActivations) -> None:
    found = drawn("sp", activations)
    assert isinstance(found, Matrices)
    loss = float(similarity_preserving(activations.inputs.student_taps[-2], activations.inputs.teacher_taps[-2]))
    assert ((found.student_NN - found.teacher_NN) ** 2).mean() == pytest.approx(loss, rel=1e-4)
    assert drawn("pkt", activations).teacher_NN.sum(1) == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_a_graph_s_edges_are_what_the_loss_compares(activations: PairActivations) -> None:
    found = drawn("rkd", activations)
    assert isinstance(found, Graphs)
    rows = torch.from_numpy(found.places_K)
    student, teacher = activations.inputs.student_taps[-1][rows], activations.inputs.teacher_taps[-1][rows]
    apart = np.abs(found.student_KK - found.teacher_KK)
    assert apart.max() < 1  # below 1 smooth L1 is half of the square
    loss = float(relational(student, teacher, distance_weight=1.0, angle_weight=0.0))
    assert (apart**2).mean() / 2 == pytest.approx(loss, rel=1e-4)
    assert drawn("irg", activations).teacher_KK.max() == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_both_parts_of_dkd_add_up_to_kd(activations: PairActivations) -> None:
    found = drawn("dkd", activations)
    assert isinstance(found, DecoupledTerms)
    whole = (found.target_N + (1 - found.sure_N) * found.others_N).mean()
    kl = soft_target_kl(activations.inputs.student_BC, activations.inputs.teacher_BC, temperature=4.0)  # type: ignore[arg-type]
    assert whole == pytest.approx(float(kl), rel=1e-4)


def test_what_logit_methods_compare(activations: PairActivations) -> None:
    kd, nkd, standard, smooth = (
        drawn(name, activations) for name in ("kd", "nkd", "standardized_kd", "label_smoothing")
    )
    assert isinstance(kd, Compared)
    assert kd.target_NC.sum(1) == pytest.approx(1.0)
    assert np.isnan(nkd.student_NC).sum(1).tolist() == [1] * 40  # type: ignore[attr-defined]
    assert np.nansum(nkd.target_NC, axis=1) == pytest.approx(1.0)  # type: ignore[attr-defined]
    assert standard.target_NC.mean(1) == pytest.approx(0.0, abs=1e-5)  # type: ignore[attr-defined]
    assert standard.target_NC.std(1, ddof=1) == pytest.approx(1.0)  # type: ignore[attr-defined]
    assert smooth.target_NC[0, 0] == pytest.approx(0.91)  # type: ignore[attr-defined]


def test_what_is_drawn_of_a_loss_gives_its_value(activations: PairActivations) -> None:
    student, teacher, labels = (
        activations.inputs.student_BC,
        activations.inputs.teacher_BC,
        activations.inputs.targets_B,
    )
    assert teacher is not None
    logs = student.double().log_softmax(1).numpy()
    ofa, nkd, smooth = (drawn(name, activations) for name in ("ofa", "nkd", "label_smoothing"))
    assert isinstance(ofa, Compared)
    assert isinstance(nkd, Compared)
    assert isinstance(smooth, Compared)
    by_hand = ofa_loss(student, teacher, labels, epsilon=1.5, temperature=1.0)
    assert -(ofa.target_NC * logs).sum(1).mean() == pytest.approx(by_hand.item(), rel=1e-5)
    by_hand = labelled_cross_entropy(student, labels, smoothing=0.1)
    assert -(smooth.target_NC * logs).sum(1).mean() == pytest.approx(by_hand.item(), rel=1e-5)
    sure = (nkd.note_N * -np.take_along_axis(logs, labels[:, None].numpy(), 1)[:, 0]).mean()
    others = -1.5 * np.nansum(nkd.target_NC * np.log(nkd.student_NC), axis=1).mean()
    assert sure + others == pytest.approx(
        nkd_loss(student, teacher, labels, gamma=1.5, temperature=1.0).item(), rel=1e-5
    )


def test_reviewkd_holds_all_stages_and_crd_the_embedding(activations: PairActivations) -> None:
    review, contrast = drawn("reviewkd", activations), drawn("crd", activations)
    assert review.pairs == ((0, 0), (1, 1), (2, 2))  # type: ignore[attr-defined]
    assert contrast.pairs == ((3, 3),)  # type: ignore[attr-defined]
    assert [stage.used for stage in contrast.student] == [False, False, False, True]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("task", "student", "error"),
    [
        ("digits", STUDENT, InvalidSetting),
        (TASK, "shipped:nobody", UnknownName),
        (TASK, "run:0000000000000000", NotFound),
        (TASK, "nobody", NotFound),
    ],
)
def test_networks_that_are_no_pair_are_refused(
    store: Store, tmp_path: Path, task: str, student: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        pair_activations(store, TaskCatalog(tmp_path), TASKS.get(task).name, TEACHER, student)


def test_what_learns_its_temperature_is_shown_where_it_starts_and_peers_as_peers(activations: PairActivations) -> None:
    learnt, peers = drawn("ctkd", activations), drawn("mutual", activations)
    assert isinstance(learnt, Compared)
    assert isinstance(peers, Compared)
    assert learnt.what == "probability at T = 15.6, where it starts to learn T"
    assert (peers.target, "as its peer" in peers.what) == ("peer", True)
