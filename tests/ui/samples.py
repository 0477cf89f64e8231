"""Facts of every kind, each so that all sentences about it are told."""

from dataclasses import replace
from itertools import product

from distill_core.tasks.base import EXAMPLE
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.text import TEXT
from distill_core.templates.goal import Outcome
from ui.findings import (
    benchmark,
    comparison,
    disturbed,
    example,
    front,
    goal,
    layers,
    limits,
    pair,
    pipeline,
    robustness,
)
from ui.findings.facts import Estimate, Fact, Gap, Latency, WhyApart

__all__ = ["GAP", "KINDS", "SHARE", "SUBJECTS", "VERDICTS", "judged"]

KINDS = (IMAGE, SOUND, TEXT, EXAMPLE)
VERDICTS = ("better", "worse", "no difference shown", "too few seeds")
SHARE = Estimate(mean=0.848, half_width=0.015)
GAP = Gap(points=Estimate(mean=7.1, half_width=2.0))
CAUSES = ("load 3.2 of other programs", "1 of 20 runs took 9 times as long as the middle one")
WHY = (
    WhyApart(disturbed=0, measurements=2),
    WhyApart(disturbed=1, measurements=2, causes=CAUSES[:1]),
    WhyApart(disturbed=2, measurements=2, causes=CAUSES),
    WhyApart(disturbed=3, measurements=3, causes=CAUSES),
    *(WhyApart(disturbed=count, measurements=of) for count, of in ((1, 2), (2, 2), (3, 3))),
)


def judged(verdict: str | None, points: float = 7.1) -> Gap:
    return Gap(points=Estimate(mean=points, half_width=2.0), verdict=verdict)


def _comparison() -> list[Fact]:
    labels = (None, 1, 500)
    sizes = (None, comparison.Pair(own=306_000, other=1_100_000), comparison.Pair(own=1_090_000, other=1_100_000))
    times = (None, comparison.Pair(own=0.31, other=0.47), comparison.Pair(own=0.46, other=0.47))
    own, other = Latency(p50_ms=0.31), Latency(p50_ms=0.47, disturbed=True)
    return [
        *(comparison.LabelsAlone(kind=kind, labels=count, accuracy=SHARE) for kind in KINDS for count in labels),
        comparison.Student(name="KD", accuracy=SHARE),
        *(comparison.Student(name="KD", accuracy=SHARE, gap=judged(verdict)) for verdict in (None, *VERDICTS)),
        comparison.OneSeed(p_values=(0.004,), compared=1),
        comparison.OneSeed(p_values=(0.0004, 0.02), compared=4),
        *(comparison.Teacher(labels=count, accuracy=SHARE) for count in labels),
        *(
            comparison.Cost(kind=SOUND, student="KD", size_bytes=size, p50_ms=time)
            for size, time in [*product(sizes, times)][1:]
        ),
        *(comparison.LatenciesApart(student=own, teacher=other, why=why) for why in WHY),
    ]


def _disturbed() -> list[Fact]:
    names = ("KD", "big", "small", "other")
    found = [disturbed.disturbed(names[:count], disturbed.Again.SERVER) for count in (1, 2, 3, 4)]
    where = [disturbed.disturbed(names[:1], again) for again in disturbed.Again]
    untimed = [disturbed.not_timed(names[:count]) for count in (1, 3, 4)]
    return [*found, *where, *untimed, disturbed.SeveralRounds()]


def _limits() -> list[Fact]:
    size, time = limits.Limit(column="onnx_bytes", most=325_000), limits.Limit(column="p50_ms", most=0.311)
    known = ({}, {"size_bytes": 325_000}, {"latency": Latency(p50_ms=0.31)})
    over = (("ResNet-20", 1_100_000), ("KD", 325_400))
    return [
        *(limits.Best(name="KD", score=SHARE, metric="accuracy", **each) for each in known),
        limits.Best(name="KD", score=SHARE, metric="mean_iou", **known[1], **known[2]),
        limits.Overlaps(names=("KD",)),
        limits.Overlaps(names=("KD", "control"), more=2),
        limits.Nothing(),
        limits.Nothing(open_names=("KD",)),
        limits.Nothing(open_names=("KD", "control"), more=2),
        limits.Lowest(name="KD", value=325_400, limit=size),
        limits.Lowest(name="KD", value=0.3112, limit=time),
        limits.Highest(name="KD", score=SHARE, metric="accuracy"),
        limits.LeftOut(limit=size, networks=over, more=2),
        limits.LeftOut(limit=time, networks=(("KD", 0.47),)),
        limits.TooLow(least=0.8, metric="accuracy", networks=(("KD", 0.772),)),
        *(limits.Unmeasured(limit=one, names=("KD",), more=more) for one in (size, time) for more in (0, 2)),
    ]


def _pair() -> list[Fact]:
    alone = Gap(points=Estimate(mean=7.1))
    return [
        pair.Apart(first="KD", second="control", gap=GAP, seeds=3),
        *(pair.Apart(first="KD", second="control", gap=alone, seeds=seeds) for seeds in (1, 2)),
        pair.NoSharedSeed(first="KD", second="control"),
    ]


def _front() -> list[Fact]:
    quiet = front.Member(name="KD", cost=325_000, accuracy=0.828)
    slow = front.Member(name="ResNet-20", cost=1.4, accuracy=0.935, disturbed=True)
    return [
        front.OnFront(members=(quiet,), more=0, column="onnx_bytes", metric="accuracy"),
        front.OnFront(members=(slow, slow), more=2, column="p50_ms", metric="mean_iou"),
        front.Near(names=("KD",), more=0),
        front.Near(names=("KD", "control"), more=2),
        front.Losers(gaps=(("hot", judged("worse", -2.7)),)),
        front.Losers(gaps=(("hot", judged("worse", -2.7)), ("cold", judged("worse", -0.4)))),
        front.NoInterval(networks=None),
        front.NoInterval(networks=1),
        front.NoInterval(networks=2),
    ]


def _pipeline() -> list[Fact]:
    made, settled = pipeline.Named(name="4. KD"), pipeline.Named(name="5. int8", settings="static, per channel")
    fewer, more = pipeline.Pair(own=100_000, other=1_000_000), pipeline.Pair(own=1_200_000, other=1_000_000)
    lower, higher = pipeline.Pair(own=0.1, other=0.8), pipeline.Pair(own=0.8, other=0.5)
    same, over_seeds = pipeline.Accuracy(value=Estimate(mean=0.12), alike=True), pipeline.Accuracy(value=SHARE)
    own, other = Latency(p50_ms=0.31), Latency(p50_ms=0.47, disturbed=True)
    speeds = [
        pipeline.Speed(now_ms=0.4, then_ms=0.5, direction="faster"),
        pipeline.Speed(now_ms=0.6, then_ms=0.5, direction="slower"),
        pipeline.Speed(now_ms=0.49, then_ms=0.5, direction="no faster"),
    ]
    apart = pipeline.LatencyApart(own=own, beside="CNN", other=other, why=WHY[0])
    beside = {"name": "random weights, labels", "accuracy": over_seeds, "network": made}
    small = {"network": settled, "metric": "accuracy"}
    return [
        pipeline.End(
            network=settled, gap=judged(None, -4.0), teacher=0.93, size_bytes=fewer, p50_ms=lower, on_file=True
        ),
        pipeline.End(network=made, gap=judged(None, 1.0), teacher=0.93, size_bytes=more, p50_ms=higher),
        pipeline.End(network=made, gap=judged(None, 0.0), teacher=0.93, apart=apart),
        pipeline.End(network=made, gap=None, teacher=0.93),
        *(pipeline.Baseline(gap=GAP, verdict=verdict, **beside) for verdict in (None, *VERDICTS[:3])),
        pipeline.Baseline(gap=GAP, verdict="better", one_seed=True, **beside),
        pipeline.Baseline(gap=None, **beside),
        pipeline.Baseline(gap=None, verdict="no difference shown", **beside),
        pipeline.Sliced(network=made),
        pipeline.Sliced(network=made, accuracy=same, whole=over_seeds, guess=True),
        pipeline.Sliced(network=made, accuracy=over_seeds, whole=over_seeds),
        *(pipeline.Sparse(network=settled, zeros=0.8, zipped=fewer, speed=speed) for speed in speeds),
        pipeline.TrainedSparse(network=made, accuracy=over_seeds, zipped=fewer, speed=speeds[2]),
        pipeline.Rounded(network=settled, gap=judged(None, -1.0), metric="accuracy", largest_error=0.005),
        pipeline.Rounded(network=settled, gap=None, metric="accuracy", zipped=fewer),
        *(
            pipeline.SmallerNumbers(of_teacher=False, gap=judged(None, -1.0), bytes_share=0.4, speed=speed, **small)
            for speed in speeds
        ),
        pipeline.SmallerNumbers(of_teacher=False, gap=None, **small),
        *(pipeline.SmallerNumbers(of_teacher=True, gap=None, speed=speed, **small) for speed in speeds[1:]),
    ]


def _change() -> list[Fact]:
    shares = [(1 / 2, 1 / 2), (1 / 3, 1 / 3), (1 / 4, 1 / 4), (1 / 5, 1 / 5), (0.71, 0.4), (0.05, 0.075), (1.4, 1.5)]
    rows = [pipeline.Change(macs=macs, onnx_bytes=size, gap=GAP, metric="accuracy") for macs, size in shares]
    still = pipeline.Change(macs=None, onnx_bytes=0.5, gap=GAP, metric="accuracy", still=True, beside="2. KD")
    return [*rows, pipeline.Change(macs=0.5, onnx_bytes=0.22, gap=None, metric="accuracy"), still]


def _robustness() -> list[Fact]:
    clean, then = Estimate(mean=0.9), Estimate(mean=0.36, half_width=0.025)
    moves = (
        robustness.Move(name="Big", before=clean, after=then),
        robustness.Move(name="KD", before=SHARE, after=then),
    )
    better, worse = judged("better"), judged("worse", -3.0)
    left = (
        robustness.Left(name="Big", accuracy=clean, is_teacher=True),
        robustness.Left(name="control", accuracy=then),
        robustness.Left(name="KD", accuracy=SHARE, gap=better),
        robustness.Left(name="cold", accuracy=then, gap=worse),
    )
    before_after = {"student": "KD", "before": then, "after": SHARE}
    verdicts = (None, *VERDICTS[:3])
    return [
        robustness.SoFar(tested=0, conditions=1),
        robustness.SoFar(tested=3, conditions=5),
        *(robustness.Moves(measure=measure, severity=5, moves=moves) for measure in ("score", "ece")),
        robustness.Overtaken(names=("control", "KD"), severity=5),
        robustness.OnCorrupted(student="KD", gap=better, clean=better, left=80.2),
        robustness.OnCorrupted(student="KD", gap=worse, clean=worse),
        robustness.OnCorrupted(student="KD", gap=better),
        robustness.NoDifference(),
        *(robustness.TooFewSeeds(seeds=seeds) for seeds in (1, 2)),
        robustness.Attacked(attack="PGD", eps=2.0, left=left),
        robustness.Unmoved(attack="FGSM", network="KD", unmoved=1, images=500),
        robustness.Unmoved(attack="FGSM", network="KD", unmoved=1300, images=2000),
        robustness.Moves(measure="score", severity=5, moves=moves, kind=SOUND),
        robustness.Moves(measure="score", metric="mean_iou", severity=5, moves=moves, kind=SCENE),
        robustness.Attacked(attack="PGD", eps=2.0, left=left, kind=SCENE),
        robustness.Adapted(place=None, gap=judged("better"), kind=SCENE, **before_after),
        robustness.AgainstControlRun(accuracy=then, gap=judged("better"), kind=SCENE),
        robustness.ControlRunMissing(asked=False, kind=SCENE),
        robustness.TeacherHas(places=((None, clean),), kind=SCENE),
        robustness.OnCorrupted(student="KD", gap=better, clean=better, left=80.2, kind=TEXT),
        robustness.NoDifference(kind=TEXT),
        robustness.Attacked(attack="PGD", eps=0.4, left=left, kind=SOUND),
        robustness.Unmoved(attack="FGSM", network="KD", unmoved=2, images=300, kind=SOUND),
        robustness.MissingSeverity(),
        *(robustness.Confidence(student="KD", gap=found) for found in (better, worse)),
        *(robustness.Paired(enough=enough) for enough in (True, False)),
        *(
            robustness.Adapted(place=place, gap=judged(verdict), **before_after)
            for place in (None, "Fog, severity 4")
            for verdict in verdicts
        ),
        *(robustness.AgainstControlRun(accuracy=then, gap=judged(verdict)) for verdict in verdicts),
        *(robustness.ControlRunMissing(asked=asked) for asked in (True, False)),
        *(robustness.StillRight(corruptions=many, right=(("KD", 1), ("control", 0))) for many in (1, 15)),
        robustness.TeacherHas(places=((None, clean), ("Fog, severity 4", then))),
    ]


def _benchmark() -> list[Fact]:
    own, other = Latency(p50_ms=1.4), Latency(p50_ms=0.5, disturbed=True)
    fastest = {"network": "KD", "latency": own, "p95_ms": 1.9, "way": "WebAssembly, 1 thread"}
    only = {"network": "KD", "latency": own, "way": "onnxruntime, 1 thread"}
    kinds = (1.0, 8.0, 1 / 2.8, None)
    paces = tuple(benchmark.Pace(network="KD", own=own, other=other, times=times) for times in kinds)
    right = benchmark.Mismatch(network="KD", way="WebGPU", largest=2.5)
    nothing = benchmark.Mismatch(network="KD", way="WebGPU", largest=None)
    return [
        *(
            benchmark.Fastest(kind=TEXT, batch_size=batch_size, runs_per_sample=runs, alone=alone, **fastest)
            for batch_size, runs in ((1, 1), (32, 667))
            for alone in (False, True)
        ),
        benchmark.BesideTeacher(teacher=other, paces=paces[:3]),
        benchmark.BesideTeacher(teacher=other, paces=paces[:1], more=1),
        benchmark.BesideTeacher(teacher=other, paces=paces[3:], more=2, why=WHY[0]),
        benchmark.Instead(threads=4, paces=paces[:3]),
        benchmark.Instead(threads=4, paces=paces[2:3], more=1, lost=True),
        benchmark.Instead(threads=4, paces=paces[3:], why=WHY[1]),
        benchmark.Instead(threads=None, paces=paces),
        benchmark.Instead(threads=None, paces=paces[2:3], more=2, lost=True),
        *(benchmark.OnServer(pace=pace, way="onnxruntime, 1 thread") for pace in paces),
        benchmark.OnServer(pace=paces[3], way="onnxruntime, 1 thread", why=WHY[1]),
        *(
            benchmark.OnlyServer(kind=IMAGE, batch_size=batch_size, alone=alone, **only)
            for batch_size in (1, 32)
            for alone in (False, True)
        ),
        benchmark.NotHere(),
        *(benchmark.Meanwhile(task=task) for task in (None, "testing robustness")),
        benchmark.Partly(networks=("KD", "Small")),
        benchmark.Wrong(mismatches=(right,)),
        benchmark.Wrong(mismatches=(right, nothing), more=2),
    ]


def _goal() -> list[Fact]:
    both = (
        goal.Takes(column="size_bytes", cost=53_000, limit=60_000),
        goal.Takes(column="p50_ms", cost=0.076, limit=0.2),
    )
    # The last of each just misses its limit.
    limits = (
        ("bytes", 60_000, 53_000, 70_000, 60_004),
        ("ms", 0.2, 0.076, 0.31, 0.2004),
        ("accuracy", 0.9, 0.929, 0.848, 0.89996),
    )
    formats = (("float32", True), ("float16", True), ("int8", False))
    return [
        *(
            goal.Chosen(name="ResNet-8", number_format=name, sliced=sliced, candidates=1227, takes=both)
            for name, sliced in formats
        ),
        *(goal.Larger(name="ResNet-14", number_format=name, takes=both[:1]) for name, _ in formats),
        goal.Larger(name="ResNet-14", number_format="int8", takes=(replace(both[1], approximate=True),)),
        goal.Approximate(),
        *(
            goal.Reached(outcome=Outcome(what=what, limit=limit, reached=reached))
            for what, limit, *found in limits
            for reached in found
        ),
        goal.Reached(outcome=Outcome(what="ms", limit=0.2, reached=None)),
        # By the whole interval, by the mean alone, and with an interval that reaches the limit, or does not.
        *(
            goal.Reached(outcome=Outcome(what="accuracy", limit=0.9, reached=reached, half_width=0.01))
            for reached in (0.92, 0.905, 0.895, 0.88)
        ),
    ]


def _layers() -> list[Fact]:
    shared = {"first": "ResNet-20", "last": "8-bit integers", "layers": 22, "before": 271_000}
    return [
        *(layers.Layers(**shared, changed=changed, after=35_800) for changed in (1, 17)),
        layers.Layers(**shared, changed=0, after=271_000),
    ]


SUBJECTS = {
    "goal": _goal(),
    "layers": _layers(),
    "comparison": _comparison(),
    "disturbed": _disturbed(),
    "example": [
        example.Ships(machine=machine, alone=alone) for machine in ("cpu, a CPU", "") for alone in (True, False)
    ],
    "front": _front(),
    "limits": _limits(),
    "pair": _pair(),
    "pipeline": _pipeline(),
    "change": _change(),
    "robustness": _robustness(),
    "benchmark": _benchmark(),
}
