"""Why a file of own data is not taken."""

from dataclasses import dataclass
from types import MappingProxyType

from distill_core.errors import InvalidSetting, said

MOST_FILE_BYTES = 25_000_000
MOST_PIXELS = 50_000_000
# A file is refused by its reason; these are the words for it.
REASONS = MappingProxyType(
    {
        "ending": said("of a kind that is not read, by the ending of its name"),
        "heic": said("HEIC, which few programs can read: save it as JPEG or PNG"),
        "nested": said("an archive within: unpack it first"),
        "no_class": said("in no folder of a class"),
        "link": said("a link: only files themselves are taken"),
        "special": said("no plain file"),
        "outside": said("a path that leads out of the archive"),
        "encrypted": said("encrypted"),
        "packed": said("packed in a way that few programs can read: pack it again as a usual zip"),
        "unreadable": said("it cannot be read"),
        "large": said("more than {most} MB", MOST_FILE_BYTES // 1_000_000),
        "pixels": said("more than {most} million pixels", MOST_PIXELS // 1_000_000),
        "format": said("not of a kind that is read, whatever its name says"),
        "cut_off": said("cut off: its end is missing"),
        "broken": said("broken"),
        "depth": said("colours of a kind that cannot be shown on a screen"),
        "crashed": said("its reader ended or hung on it"),
        "twice": said("the same as another one"),
        "two_classes": said("the same in two classes"),
        "columns": said("a row with more or fewer columns than the first one"),
        "empty_text": said("without a text"),
        "empty_label": said("without a label"),
        "no_number": said("a word in a column of numbers"),
        "no_speaker": said("without a speaker in speakers.csv"),
        "silent": said("silent"),
        "long": said("longer than ten seconds"),
        "short": said("shorter than a tenth of a second"),
        "no_mask": said("without a mask of the same name"),
        "no_image": said("without a picture"),
        "mask_size": said("with a mask of another size"),
        "mask_colours": said("with a mask in colours: save it as an indexed or grey PNG, whose values are the classes"),
        "mask_lossy": said("with a mask that was compressed with loss: save it as PNG"),
        "turned": said("a photograph that is shown turned, and so its mask may be or not: save both upright"),
        "two_masks": said("the same picture with two masks"),
        "not_listed": said("not in the list of pictures"),
        "sizes": said("of another size than its list says"),
        "outlined_large": said("more than 4,096 × 4,096 pixels, in which no outline is drawn"),
        "many": said("with too many outlines"),
        "outline": said("with an outline that cannot be drawn"),
        "few": said("of a class with too few that can be used"),
    }
)


class Refused(Exception):
    """A file that is not taken, for one of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RefusedFile:
    path: str
    reason: str


def refused(expected: object, got: object, hint: str, what: str = "own data") -> InvalidSetting:
    """The error of data that are not taken at all."""
    return InvalidSetting(what, expected=expected, got=got, hint=said("{hint}; nothing was kept", hint))
