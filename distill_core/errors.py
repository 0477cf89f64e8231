"""The errors of the lab; a message says what was expected, what it got, and a hint. Its texts are ``said``, so that
pages can show them in another language."""

from distill_core.said import Names as Names
from distill_core.said import Said as Said
from distill_core.said import said as said

# Hints in the words of the buttons that do it (ui/jobs/actions.py): for an experiment whose runs cannot be read, and
# for one that did not finish.
MAKE_AGAIN, START_AGAIN = said("make it again"), said("start again")
# The message of an error with a hint.
EXPLAINED = "{what}: expected {expected}, got {got}; {hint}"


class DistillError(Exception):
    """Base of the errors whose text pages show; any other exception is a bug.

    Takes the whole message, or the subject and the three keywords of ``explain``.
    """

    def __init__(self, *message: object, expected: object = None, got: object = None, hint: str = "") -> None:
        text = message[0] if len(message) == 1 and isinstance(message[0], Said) else " ".join(map(str, message))
        super().__init__(explain(*message, expected=expected, got=got, hint=hint) if hint else text)

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)

    @property
    def text(self) -> str:
        """The message: a ``Said``, where it is one, with its template and its values."""
        return self.args[0] if len(self.args) == 1 and isinstance(self.args[0], Said) else str(self)


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


def explain(what: object, *, expected: object, got: object, hint: str) -> Said:
    """The text of an error: ``what: expected ..., got ...; hint``."""
    return said(EXPLAINED, what, expected, got if str(got) else "nothing", hint)
