"""The errors of the lab; a message says what was expected, what it got, and a hint."""

# Hints in the words of the buttons that do it (ui/jobs/actions.py): for an experiment whose runs cannot be read, and
# for one that did not finish.
MAKE_AGAIN, START_AGAIN = "make it again", "start again"


class DistillError(Exception):
    """Base of the errors whose text pages show; any other exception is a bug.

    Takes the whole message, or the subject and the three keywords of ``explain``.
    """

    def __init__(self, *message: object, expected: object = None, got: object = None, hint: str = "") -> None:
        super().__init__(
            explain(*message, expected=expected, got=got, hint=hint) if hint else " ".join(map(str, message))
        )

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)


class InvalidSetting(DistillError, ValueError):
    """An invalid number, name or combination."""


class UnknownName(DistillError, LookupError):
    """A registry has no entry with this name."""


class NotFound(DistillError, LookupError):
    """No run, job or artifact with this identity."""


class MissingData(DistillError, FileNotFoundError):
    """A data set is not on this machine and could not be fetched."""


class CorruptFile(DistillError, OSError):
    """A file's content is not what its hash or its format says."""


class StorageFailed(DistillError, OSError):
    """The database or the disk refused a write; what was there before is unharmed."""


class TrainingDiverged(DistillError, ArithmeticError):
    """A loss became infinite or not a number."""


class ExportMismatch(DistillError, RuntimeError):
    """An exported file answers differently from the network it came from."""


class Stopped(DistillError):
    """Raised in work that was asked to end; not a failure."""


def explain(what: object, *, expected: object, got: object, hint: str) -> str:
    """The text of an error: ``what: expected ..., got ...; hint``."""
    return f"{what}: expected {expected}, got {str(got) or 'nothing'}; {hint}"
