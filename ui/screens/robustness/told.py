"""What corruptions are said to do to the examples of a task, and how their steps were set."""

from distill_core.robustness.corruptions import CORRUPTIONS, corruptions_of
from distill_core.tasks import Task
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.table import ROW
from ui.text import words
from ui.text.language import N_, _

__all__ = ["MADE", "NOT_YET", "families", "steps"]

FAMILIES = {
    **{"noise": N_("Noise"), "blur": N_("Blur"), "weather": N_("Weather"), "digital": N_("Digital")},
    **{"room": N_("Room"), "voice": N_("Voice"), "transmission": N_("Transmission")},
    **{"typing": N_("Typing"), "letters": N_("Letters"), "length": N_("Length")},
    "missing": N_("What is missing"),
}
CALIBRATED = ("fashion_mnist_small", "fashion_mnist")
STEPS = N_(
    "The steps were set so that the shipped ResNet-20 loses accuracy at each, on these test images; networks are "
    "compared at equal steps."
)
ELSEWHERE = N_("The steps were set on Fashion-MNIST; networks are compared at equal steps.")
LEFT_OUT = N_(
    "Of the corruptions of images {corruptions} are left out: they move what a scene shows, so that its labels would "
    "be those of other pixels."
)
OF_SCENES = N_(
    "The steps were set on validation scenes so that the shipped U-Net keeps about 94, 86, 74, 58 and 44 % of its mean "
    "IoU; networks are compared at equal steps."
)
OF_TEACHERS = N_(
    "The steps were set so that the teachers that ship lose accuracy from each to the next; networks are compared at "
    "equal steps."
)
OF_ROWS = N_("Of 100 values 5, 15, 30, 50 and 75 are missing; networks are compared at equal steps.")
# What a test does, and of what it is made.
NOT_YET = {
    "image": N_(
        "Not tested yet. The test shows every network the same test images under {count} corruptions of noise, blur, "
        "weather and digital processing, each at five severities."
    ),
    "scene": N_(
        "Not tested yet. The test shows every network the same test scenes under {count} corruptions of noise, blur, "
        "weather and digital processing, each at five severities."
    ),
    "sound": N_(
        "Not tested yet. The test plays every network the same test recordings under {count} corruptions of noise, "
        "room, voice and transmission, each at five severities."
    ),
    "text": N_(
        "Not tested yet. The test gives every network the same test texts under {count} corruptions of typing, letters "
        "and length, each at five severities."
    ),
    "row": N_(
        "Not tested yet. The test gives every network the same test rows with values that are missing by chance, at "
        "five severities."
    ),
}
MADE = {
    "image": N_(
        "corruptions in the manner of [ImageNet-C](https://arxiv.org/abs/1903.12261) and "
        "[MNIST-C](https://arxiv.org/abs/1906.02337)"
    ),
    "scene": N_(
        "corruptions in the manner of [ImageNet-C](https://arxiv.org/abs/1903.12261), those that leave every pixel in "
        "its place"
    ),
    "sound": N_(
        "recordings ship as features, not as waves: level and microphone are exact, tempo and speed read between "
        "frames, and noise (at a [signal-to-noise ratio](glossary#snr) of 30 to −4 dB), echoes and distortion are "
        "added to the power of the mel bands that 13 coefficients tell of"
    ),
    "text": N_("characters are changed as a whole, so every text stays valid UTF-8"),
    "row": N_("a missing number counts as the mean of its column, and a missing category as none"),
}


def families(task: Task) -> dict[str, list[str]]:
    """Titles of corruptions, by the heading of their family."""
    found: dict[str, list[str]] = {}
    for corruption in corruptions_of(task):
        found.setdefault(_(FAMILIES[corruption.family]), []).append(_(corruption.title))
    return found


def steps(task: Task) -> str:
    """On what the steps of severity were set."""
    if task.kind == SCENE:
        moving = words.join([_(one.title) for one in CORRUPTIONS if one.moves])
        return f"{_(OF_SCENES)} {_(LEFT_OUT, corruptions=moving)}"
    if task.kind == ROW:
        return _(OF_ROWS)
    if task.kind != IMAGE:
        return _(OF_TEACHERS)
    return _(STEPS) if task.name in CALIBRATED else _(ELSEWHERE)
