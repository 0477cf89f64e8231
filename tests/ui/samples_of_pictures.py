"""Facts of the pictures on Temperature and on Methods, each so that all sentences about it are told."""

from distill_core.tasks.sound import SOUND
from ui.findings import gradient, mixture, portrait, softening, sureness
from ui.findings.facts import Estimate, Fact

__all__ = ["SUBJECTS"]


def _softening() -> list[Fact]:
    at = ({"warm": None, "temperature": 1.0}, {"warm": 0.43, "temperature": 4.0})
    return [
        *(softening.First(name=name, label="Coat", cold=0.7, **each) for name in ("Coat", "Bag") for each in at),
        *(softening.Entropy(cold=1.16, classes=10, **each) for each in at),
        *(softening.WrongClasses(name="Bag", cold=3.2e-6, classes=9, **each) for each in at),
        softening.WrongClasses(name="Bag", cold=0.9999, warm=0.0123, temperature=0.5, classes=2),
        *(softening.SceneEntropy(cold=0.21, pixels=2304, classes=6, **each) for each in at),
        softening.Ranking(names=("Coat", "T-shirt/top", "Ankle boot")),
    ]


def _gradient() -> list[Fact]:
    lengths = ((0.408, 0.0), (0.0, 0.2), (0.2, 0.2), (0.408, 0.2), (3.2e-4, 0.2))
    return [
        gradient.HowToRead(),
        gradient.Moved(raised=("Coat", -0.523), lowered=("Bag", 0.31)),
        gradient.Moved(raised=None, lowered=None),
        *(gradient.Parts(hard=hard, soft=soft) for hard, soft in lengths),
        gradient.Doubled(temperature=4.0, plain=0.02, scaled=0.32, twice=0.0055),
        gradient.Doubled(temperature=4.0, plain=0.0, scaled=0.0, twice=0.0),
        gradient.Limit(temperature=4.0, distance=0.31, last=(50.0, 0.02)),
        gradient.Limit(temperature=50.0, distance=0.02, last=None),
        gradient.Limit(temperature=4.0, distance=0.0, last=(50.0, 0.0)),
    ]


def _mixture() -> list[Fact]:
    of = (None, 1, 1500)
    weights = [
        mixture.Weight(kind=SOUND, share=share, alpha=0.9, images=images) for share in (0.4, None) for images in of
    ]
    return [*weights, *(mixture.Equal(alpha=alpha) for alpha in (0.33, 0.001, 0.999))]


def _portrait() -> list[Fact]:
    edge = portrait.Edge(first="Sandal #12", other="Bag #3", teacher=1.234, student=0.5)
    stage = (("stage 1", (16, 28, 28)), (None, (64,)))
    far = {"image": "Sandal #12", "name": "Bag"}
    maps = [
        portrait.MapsAlike(images=images, most=("stage 3", 0.91), least=least)
        for images in (1, 300)
        for least in (None, ("stage 1", 0.42))
    ]
    return [
        portrait.ClassesSeen(scenes=8, most=("Bag", 0.97), least=("Dress", 0.4)),
        portrait.NoMaps(),
        *maps,
        portrait.FarthestMaps(image="Sandal #12", cosine=0.105),
        portrait.Farthest(target="teacher", share=True, of_target=0.7, of_student=0.2, **far),
        portrait.Farthest(target="smoothed label", share=False, of_target=-1.25, of_student=3.0, **far),
        *(portrait.MeanGap(images=images, gap=0.0123, share=share) for images in (1, 300) for share in (True, False)),
        portrait.ImageWeight(note="weight of an image", here=0.91, mean=0.72),
        portrait.Edges(edges=(edge, edge), unit="of the mean distance"),
        *(portrait.GraphGap(edges=edges, mean=0.21, correlation=0.93) for edges in (1, 66)),
        portrait.Alike(teacher=3.2, student=2.1),
        portrait.ClassPair(first="Coat", other="T-shirt/top", teacher=0.812, student=0.4),
        portrait.StagePairs(pairs=(stage, stage), adapters=12_345),
        portrait.StagePairs(pairs=(stage,), adapters=1),
        portrait.StagePairs(pairs=(), adapters=0),
        portrait.OthersWeight(image="Sandal #12", sure=0.94, others=8.0, target=1.0),
    ]


def _sureness() -> list[Fact]:
    margins = (Estimate(mean=0.1, half_width=0.02), Estimate(mean=-0.1, half_width=0.02))
    unsure = (Estimate(mean=0.1, half_width=0.3675), Estimate(mean=-0.1, half_width=0.3675))
    both = {"ece": (0.05, 0.02), "nll_nats": (0.5, 0.4)}
    at = ((None, None), (0.9, 0.8), (0.7, 0.8), (0.801, 0.8))
    return [
        *(sureness.Fitted(temperature=T, lower=one, **both) for one in margins for T in (1.6, 0.7)),
        *(sureness.Fitted(temperature=1.6, lower=one, **both) for one in unsure),
        sureness.Fitted(temperature=1.001, lower=margins[0], **both),
        *(sureness.AtSlider(temperature=4.0, ece=0.1, confidence=sure, accuracy=right) for sure, right in at),
    ]


SUBJECTS = {
    "sureness": _sureness(),
    "softening": _softening(),
    "gradient": _gradient(),
    "mixture": _mixture(),
    "portrait": _portrait(),
}
