"""What the example that ships needs said beside it, in sentences."""

from ui.findings.example import Ships
from ui.findings.sentences.base import say
from ui.text.language import N_, _

__all__: list[str] = []

AT = N_("It ships with the lab, and was trained and measured on another machine ({machine}).")


@say.register
def ships(fact: Ships) -> str:
    where = _("It ships with the lab, and was trained and measured on another machine.")
    lines = [_(AT, machine=fact.machine) if fact.machine else where]
    return " ".join([*lines, *([_("Nothing was trained here yet.")] if fact.alone else [])])
