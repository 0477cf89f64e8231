"""Facts of plans, of training, of grids and lessons, each so that all sentences about it are told."""

from distill_core.tasks.images import IMAGE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.text import TEXT
from tests.ui.samples import GAP, KINDS, SHARE, VERDICTS, judged
from ui.findings import balance, grid, learning, lessons, plan, spoilt, standings
from ui.findings.facts import Estimate, Fact

__all__ = ["SUBJECTS"]


def _grid() -> list[Fact]:
    cell = grid.Cell(temperature=4.0, alpha=0.5, value=SHARE)
    nats = grid.Cell(temperature=1.0, alpha=1.0, value=Estimate(mean=0.6, half_width=0.05))
    metrics = ("validation accuracy", "agreement with the teacher", "calibration error")
    near = {"margin": 0.023, "share": True}
    at, over = {"axis": "T", "other": "alpha", "at": 0.9}, {"axis": "alpha", "other": "T", "at": None}
    effect = {"best": (4.0, 0.75), "worst": (1.0, 0.61), "share": True, "p_value": 0.0004}
    return [
        *(grid.Part(finished=1, runs=runs, again=again) for runs in (1, 12) for again in (False, True)),
        *(grid.Part(finished=1, runs=12, failed=failed, message="the loss is not finite") for failed in (1, 2)),
        *(grid.Best(metric=metric, share=True, cell=cell, cells=4, control=SHARE, look=False) for metric in metrics),
        grid.Best(
            metric="validation accuracy", share=True, cell=cell, cells=4, control=SHARE, look=False, of="mean_iou"
        ),
        grid.Best(metric="negative log-likelihood", share=False, cell=nats, cells=1, control=None, look=True),
        grid.NoBasis(),
        *(grid.Near(near=count, others=3, seeds=3, tukey=True, **near) for count in (0, 1, 2, 3)),
        grid.Near(near=1, others=1, seeds=2, tukey=False, **near),
        *(grid.Near(near=2, others=2, margin=0.023, share=False, seeds=1, tukey=tukey) for tukey in (True, False)),
        grid.Unknown(axis="T"),
        *(grid.NoEffect(spread=0.013, share=True, p_value=0.09, **axis) for axis in (at, over)),
        *(grid.Effect(**effect, **axis) for axis in (at, over)),
        grid.NoInteraction(p_value=0.761),
        grid.Interaction(p_value=0.0004, low=(0.5, (1.0, 4.0)), high=(1.0, (4.0,))),
        *(grid.Repeated(here=cell, shipped=cell, share=True, largest=largest) for largest in (0.0, 0.12)),
    ]


def _balance() -> list[Fact]:
    pairs = ((23.4, 0.5), (0.05, 0.0), (2.0, -0.4), (0.25, 0.1))
    told = [balance.Balance(student="KD", ratio=ratio, cosine=cosine) for ratio, cosine in pairs]
    return [*told, *(balance.Beyond(points=points) for points in (1, 2)), balance.Shown(students=("KD", "DKD"))]


def _standings() -> list[Fact]:
    others = (standings.CONTROL, standings.KD)
    gaps = (("A", judged(None, 5.0)), ("B", judged(None, -4.0)))
    return [
        *(standings.Group(other=other, verdict=verdict, gaps=gaps) for other in others for verdict in VERDICTS),
        *(standings.NoneBetter(other=other) for other in others),
        standings.Judged(with_control=3, with_kd=1, one_seed=True),
        standings.Judged(with_control=1, with_kd=2, one_seed=False),
    ]


def _lessons() -> list[Fact]:
    verdicts = (None, *VERDICTS)
    gains = [lessons.LabelGain(kind="KD, all images", labels=50, gap=judged(verdict)) for verdict in verdicts]
    share = {"before": SHARE, "after": SHARE, "precision": None}
    return [
        *gains,
        lessons.LabelGain(kind="KD, all images", labels=None, gap=judged("better"), largest=True),
        *(lessons.Corrected(comparisons=many, chart=chart) for many in (1, 6) for chart in (True, False)),
        lessons.Teachers(weak=0.889, strong=0.945),
        lessons.WidthGaps(gaps=((0.5, GAP), (4.0, GAP))),
        lessons.NoWidthGap(largest=GAP),
        lessons.Against(reference="T 4", gaps=tuple(("T 50", judged(verdict)) for verdict in verdicts)),
        lessons.UnseenStudent(student="KD", missing="Bag", **share),
        lessons.UnseenControl(**share),
        lessons.Correction(bias=Estimate(mean=3.2, half_width=0.4)),
    ]


def _plan() -> list[Fact]:
    teachers = [("file", None), ("network", None), ("network", 1), ("network", 500)]
    teachers += [("ensemble", None), ("ensemble", 1), ("ensemble", 500)]
    network, head = plan.Network(title="ResNet-8"), plan.Network(title="ResNet-8", teachers_head=True)
    wide, narrow = plan.Network(title="ResNet-8", width=0.5, teachers_head=True), plan.Network(title="ViT", width=2.0)
    kd = plan.Loss(method="Knowledge distillation", settings=(("T", 4.0), ("alpha", 0.9)), standardised=True)
    added = plan.Loss(method="Attention transfer", settings=(("beta", 2.0),), weight=0.5)
    cut = plan.Begins(how="step", source="KD", cut=plan.Network(title="ResNet-14", width=0.25), choices=("static",))
    begins = [
        plan.Begins(how="on", source=None),
        plan.Begins(how="fresh", source="KD"),
        plan.Begins(how="step", source=None, settings=(("zeros", 0.5),)),
        cut,
        plan.Begins(how="as", source="0123456789abcdef"),
    ]
    base = {"name": "KD", "network": network, "begins": None, "scene": None, "taught_by": None, "losses": (kd,)}
    base |= {"is_control": False, "trained": True, "passes": 62.5, "seeds": 3}
    seen = {"labels": 500, "examples": 12_000}
    sees = [
        *(plan.Sees(kind=IMAGE, how=how, **seen) for how in ("labels", "among", "teacher", "peers", "mixup")),
        plan.Sees(kind=TEXT, how="mixup", labelled=True, **seen),
        plan.Sees(kind=SOUND, how="teacher", taught_by="student 1", **seen),
        plan.Sees(kind=TEXT, how="among", never="Bag", **seen),
    ]
    first = sees[0]
    return [
        *(plan.Teacher(title="ResNet-20", task="Digits", kind=kind, labels=labels) for kind, labels in teachers),
        *(plan.Planned(sees=one, **base) for one in sees),
        *(plan.Planned(sees=first, **{**base, "network": one}) for one in (head, wide, narrow)),
        *(plan.Planned(sees=first, **{**base, "begins": one, "trained": False}) for one in begins),
        plan.Planned(sees=first, **{**base, "begins": begins[0], "scene": ("Fog", 4), "taught_by": "student 1"}),
        plan.Planned(sees=first, **{**base, "is_control": True, "passes": 1.0, "seeds": 1}),
        plan.Planned(sees=first, **{**base, "losses": (kd, added), "passes": None}),
        *(plan.Budget(kind=kind, updates=updates, batch_size=128) for kind in KINDS for updates in (1, 600)),
        *(plan.Views(kind=IMAGE, how=how) for how in ("none", "fresh")),
        *(plan.Views(kind=SOUND, how=how, views=views) for how, views in (("cached", 1), ("cached", 4), ("stages", 4))),
    ]


def _learning() -> list[Fact]:
    networks = ("KD", "control")
    return [
        *(learning.AccuracyCurves(title="Validation accuracy", networks=networks, updates=many) for many in (1, 600)),
        *(learning.LossCurves(part="Hard", unit="nats", networks=networks, updates=many) for many in (1, 600)),
        learning.LossCurves(part="Total", unit=None, networks=networks, updates=600),
        *(learning.Longer(networks=networks, updates=many) for many in (1, 600)),
    ]


def _spoilt() -> list[Fact]:
    graphs = (("missing", 95), ("wrong", 40))
    return [
        *(spoilt.Lost(spoilt=what, of_100=of_100, score=SHARE, against=0.812) for what, of_100 in graphs),
        *(spoilt.Kept(student="KD", score=SHARE, gap=judged(verdict)) for verdict in (None, *VERDICTS)),
        *(spoilt.Whole(student="KD", gap=judged(verdict)) for verdict in (None, *VERDICTS)),
    ]


SUBJECTS = {
    "grid": _grid(),
    "balance": _balance(),
    "standings": _standings(),
    "lessons": _lessons(),
    "plan": _plan(),
    "learning": _learning(),
    "spoilt": _spoilt(),
}
