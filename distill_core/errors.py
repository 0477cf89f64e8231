"""What can go wrong, said in a way that helps: what was expected, what it got, and a hint."""

# What messages tell to do, in the words of the buttons that do it (ui/actions.py): an experiment whose runs cannot be
# read, and one that did not finish.
MAKE_AGAIN, START_AGAIN = "make it again", "start again"


class DistillError(Exception):
    """Base of every error that a page may show as it is; anything else is a bug and stays loud.

    Either the whole message, or the subject and the three keywords of ``explain``.
    """

    def __init__(self, *message: object, expected: object = None, got: object = None, hint: str = "") -> None:
        super().__init__(
            explain(*message, expected=expected, got=got, hint=hint) if hint else " ".join(map(str, message))
        )

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args)


class InvalidSetting(DistillError, ValueError):
    """A number, a name or a pair that cannot work."""


class UnknownName(DistillError, LookupError):
    """A registry does not know this name."""


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
    """The work was asked to end; never a failure."""


def explain(what: object, *, expected: object, got: object, hint: str) -> str:
    """One sentence of the house's form: ``what: expected ..., got ...; hint``."""
    return f"{what}: expected {expected}, got {str(got) or 'nothing'}; {hint}"
