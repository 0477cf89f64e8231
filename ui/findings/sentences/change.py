"""What one stage of a pipeline changed, as a line of a list: fractions of sizes, then the difference in accuracy."""

from collections.abc import Mapping

from ui.findings.pipeline import Change
from ui.findings.sentences.base import gap, say
from ui.text import words
from ui.text.language import N_, _, listed

__all__ = ["fractions"]

FRACTIONS = ((1 / 2, "half"), (1 / 3, "third"), (1 / 4, "quarter"), (1 / 5, "fifth"))
NEAR = 0.035
FEWER, MORE, PERCENT = "fewer", "more", "percent"
MACS = {
    "half": N_("half the MACs"),
    "third": N_("a third of the MACs"),
    "quarter": N_("a quarter of the MACs"),
    "fifth": N_("a fifth of the MACs"),
    PERCENT: N_("{percent} of the MACs"),
    MORE: N_("{times} times the MACs"),
    FEWER: N_("{times} times fewer MACs"),
}
BYTES = {
    "half": N_("half the bytes"),
    "third": N_("a third of the bytes"),
    "quarter": N_("a quarter of the bytes"),
    "fifth": N_("a fifth of the bytes"),
    PERCENT: N_("{percent} of the bytes"),
    MORE: N_("{times} times the bytes"),
    FEWER: N_("{times} times fewer bytes"),
}
TEXTS: Mapping[str, Mapping[str, str]] = {"macs": MACS, "onnx_bytes": BYTES}


@say.register
def change(fact: Change) -> str:
    shares = {name: share for name, share in (("macs", fact.macs), ("onnx_bytes", fact.onnx_bytes)) if share}
    parts = fractions(shares)
    if fact.still:
        parts.append(_("{metric} is where it was", metric=words.metric(fact.metric)))
    elif fact.gap:
        parts.append(_("{gap} percentage points", gap=gap(fact.gap)))
    changes = listed(parts, style="unit")
    if fact.beside is None:
        return changes
    return _("{changes} beside {network}", changes=changes, network=words.plain(fact.beside))


def fractions(shares: Mapping[str, float]) -> list[str]:
    """``half the MACs``, ``71 % of the bytes``, ``1.4 times the bytes``: all shares in one kind of form, which is
    percent where they ask for several."""
    forms = {name: _form(share) for name, share in shares.items()}
    mixed = len({form if form in (FEWER, MORE, PERCENT) else "" for form in forms.values()}) > 1
    return [_written(TEXTS[name][PERCENT if mixed else forms[name]], share) for name, share in shares.items()]


def _written(text: str, share: float) -> str:
    percent = words.percent(share, digits=0 if share >= 0.1 else 1)
    return _(text, percent=percent, times=words.times(max(share, 1 / share)))


def _form(share: float) -> str:
    if share > 1:
        return MORE
    near = next((name for at, name in FRACTIONS if abs(share - at) < NEAR * at), "")
    return near or (PERCENT if share >= 0.1 else FEWER)
