"""What a temperature does to the teacher's answer to one image."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.evaluation.softening import dark_knowledge_NC, entropy_bits_N, soften_NC
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import softening
from ui.findings.sentences import say
from ui.forms import fields
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature import demonstration
from ui.screens.temperature.lens import Lens
from ui.text import small, words
from ui.text.language import N_, Texts, _, by_kind

__all__ = ["FLOOR", "chart", "details", "formula", "ranking", "sentences", "show", "tex"]

SCALES = Texts({"linear": N_("linear"), "log": N_("log")})
FLOOR = 1e-15
MOST = 20
ROW_PX, FRAME_PX = 30, 56


def show(lens: Lens) -> None:
    """The image with the bars of both networks, and what T does to the teacher's answer."""
    demonstration.show(lens)
    moving.say(_said(lens)[0])
    st.caption(_caption(lens))


def _caption(lens: Lens) -> str:
    places = {
        "teacher": words.plain(lens.teacher.title),
        "student": words.plain(lens.student.title),
        "index": lens.called,
        "count": words.number(len(lens.labels_N), grouped=True),
    }
    if lens.number:
        return by_kind(
            lens.test.task.kind,
            "{teacher} and {student} at test {example} {index}, classes in the order of the teacher's logits.",
            **places,
        )
    return by_kind(
        lens.test.task.kind,
        "{teacher} and {student} on test {example} {index} of {count}, classes in the order of the teacher's logits.",
        **places,
    )


def details(lens: Lens) -> None:
    """How it is worked out, and the wrong classes among themselves."""
    left, right = st.columns(2, gap="medium")
    with left:
        _lines, worked_out, order, numbers = _said(lens)
        st.markdown(f"$\\displaystyle {worked_out}$")
        st.markdown(order)
        demonstration.below(numbers)
    with right:
        st.markdown(_("**Dark knowledge**: the teacher's wrong classes among themselves"))
        log = (
            st.segmented_control(
                _("Scale"),
                list(SCALES),
                default="linear",
                required=True,
                key="scale",
                bind="query-params",
                **fields.titled("scale", SCALES),
                help=_("The logarithmic scale shows what is far below a percent: T moves it by powers of ten."),
            )
            == "log"
        )
        moving.show(_bars(lens, log=log), key="dark_knowledge", kept=True)
        if log:
            st.caption(
                _(
                    "Bars begin at {value}; what is less has none, and its number is in the tooltip.",
                    value=small.power(-15),
                )
            )


def _said(lens: Lens) -> tuple[tuple[str, ...], str, str, pd.DataFrame]:
    """The sentences, the formula, the ranking and the table of an image at a T, which thirty visitors begin with."""
    found: tuple[tuple[str, ...], str, str, pd.DataFrame] = kept(
        ("image said", *lens.stamp, lens.index, lens.temperature),
        lambda: (sentences(lens), formula(lens), ranking(lens), demonstration.table(lens)),
    )
    return found


def sentences(lens: Lens) -> tuple[str, ...]:
    """What T does to the first class, to the entropy, and to what is said about the wrong classes."""
    return tuple(map(say, (_first(lens), _entropy(lens), _others(lens))))


def _first(lens: Lens) -> softening.First:
    top = int(lens.teacher_1C.argmax())
    cold, warm = (float(_on_bar(lens, T)) / 100 for T in (1.0, lens.temperature))
    names = {"name": lens.classes[top], "label": lens.classes[lens.label]}
    return softening.First(**names, cold=cold, warm=_warm(lens, warm), temperature=lens.temperature)


def _on_bar(lens: Lens, temperature: float) -> str:
    """The share of the teacher's first class in percent, as its bar has it: those add up."""
    return str(demonstration.frame(lens, temperature)["texts"][0][0])


def _entropy(lens: Lens) -> softening.Entropy:
    cold, warm = (float(entropy_bits_N(soften_NC(lens.teacher_1C, T))[0]) for T in (1.0, lens.temperature))
    at = lens.temperature
    return softening.Entropy(cold=cold, warm=_warm(lens, warm), temperature=at, classes=len(lens.classes))


def _others(lens: Lens) -> softening.WrongClasses:
    cold_C, warm_C = (dark_knowledge_NC(lens.teacher_1C, lens.label_1, T)[0] for T in (1.0, lens.temperature))
    first = int(warm_C.argmax())
    return softening.WrongClasses(
        name=lens.classes[first],
        cold=float(cold_C[first]),
        warm=_warm(lens, float(warm_C[first])),
        temperature=lens.temperature,
        classes=len(lens.classes) - 1,
    )


def _warm(lens: Lens, value: float) -> float | None:
    return None if lens.temperature == 1 else value


def ranking(lens: Lens) -> str:
    """The order of the classes, which no temperature changes."""
    return say(softening.Ranking(names=tuple(lens.classes[place] for place in _order(lens))))


def _order(lens: Lens) -> Sequence[int]:
    return np.argsort(-lens.teacher_1C[0], kind="stable").tolist()[:MOST]


def _bars(lens: Lens, *, log: bool) -> Moving:
    """Thirty visitors begin with the same image at the same T."""
    dark = style.dark()
    bars: Moving = kept(
        ("bars", *lens.stamp, lens.index, lens.temperature, log, dark),
        lambda: chart(lens, style.theme(dark), log=log),
    )
    return bars


def chart(lens: Lens, colours: Theme, *, log: bool) -> Moving:
    """A pair of bars a wrong class, its share of what they all get at T = 1 and at T, in the teacher's order."""
    title = _("Share of what the wrong classes get (log)") if log else _("Share of what the wrong classes get")
    tones = {"T = 1": colours.control, "T": colours.text}
    axis = moving.powers(FLOOR, 1) if log else {"labelExpr": moving.PERCENT}
    frame = pd.DataFrame(_rows(lens))
    frame["drawn"] = frame["probability"].clip(lower=FLOOR if log else 0.0)
    spec = {
        "height": FRAME_PX + ROW_PX * min(len(lens.classes), MOST),
        "mark": {"type": "bar", "height": {"band": 0.92}, "clip": True},
        "encoding": {
            "x": moving.across("drawn", title, (FLOOR if log else 0, 1), **axis),
            "x2": {"datum": FLOOR if log else 0},
            "y": moving.classes("", "place"),
            "yOffset": {"field": "at", "type": "nominal", "scale": {"domain": list(tones), "paddingOuter": 0.2}},
            "color": moving.colour("at", tones),
            "tooltip": moving.tip(
                **{
                    "class": _("Class"),
                    "temperature": "T",
                    "text": _("Share of the wrong classes"),
                    "logit": _("Logit"),
                }
            ),
        },
    }
    chosen = f"T = {words.short(lens.temperature)}"
    return Moving(
        spec=spec,
        data=frame,
        alt=_("Share of each class of what the wrong ones get from the teacher, at T = 1 and at the chosen T"),
        table=_table(frame),
        legend=moving.legend(("bar", tones["T = 1"], "T = 1"), ("bar", tones["T"], chosen)),
    )


def _rows(lens: Lens) -> list[dict[str, object]]:
    rows = []
    for at, temperature in (("T = 1", 1.0), ("T", lens.temperature)):
        values_C = dark_knowledge_NC(lens.teacher_1C, lens.label_1, temperature)[0]
        rows += [
            {
                "class": lens.classes[index],
                "place": place,
                "at": at,
                "temperature": words.short(temperature),
                "probability": float(values_C[index]),
                "text": small.share(float(values_C[index])),
                "logit": words.number(lens.teacher_1C[0, index], 2),
            }
            for place, index in enumerate(_order(lens))
            if index != lens.label
        ]
    return rows


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    cold, warm = (frame[frame["at"] == at] for at in ("T = 1", "T"))
    return pd.DataFrame(
        {
            _("Class"): list(cold["class"]),
            _("Logit"): list(cold["logit"]),
            _("Share of the wrong classes at T = 1 (0 to 1)"): list(cold["probability"]),
            _("Share of the wrong classes at the chosen T (0 to 1)"): list(warm["probability"]),
        }
    )


def formula(lens: Lens) -> str:
    """softmax at T for the teacher's first class, with its logit put in."""
    top, t = int(lens.teacher_1C.argmax()), f"{lens.temperature:g}"
    logits_C = lens.teacher_1C[0].astype(float) / lens.temperature
    log_sum = float(np.logaddexp.reduce(logits_C))
    probability = float(soften_NC(lens.teacher_1C, lens.temperature)[0, top])
    answer = "> 99.9" if 0.9995 <= probability < 1 else f"= {_on_bar(lens, lens.temperature)}"
    return (
        rf"\begin{{aligned}}p_T(\text{{{tex(lens.classes[top])}}}) &= \frac{{e^{{z/T}}}}{{\sum_j e^{{z_j/T}}}}"
        rf" = \frac{{e^{{{lens.teacher_1C[0, top]:.2f}/{t}}}}}{{\sum_j e^{{z_j/{t}}}}} \\"
        rf"&= \frac{{{_number(logits_C[top])}}}{{{_number(log_sum)}}} {answer}\,\%\end{{aligned}}"
    )


def tex(name: str) -> str:
    """A class name inside ``\\text``."""
    return "".join(f"\\{letter}" if letter in "_%&#${}" else letter for letter in name.replace("\\", "/"))


def _number(log: float) -> str:
    """e to this power in TeX, however large."""
    exponent = math.floor(log / math.log(10))
    if -2 <= exponent < 4:
        return f"{math.exp(log):.3g}" if exponent < 3 else f"{math.exp(log):.0f}"
    return rf"{10 ** (log / math.log(10) - exponent):.2f} \cdot 10^{{{exponent}}}"
