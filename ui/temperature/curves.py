"""Labels and width: where distillation helps, and which teacher a small student can follow."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports import Study
from ui import charts, style, words
from ui.charts import Point, Series
from ui.temperature import repeat, sheets

__all__ = ["gains", "label_series", "show", "width_series"]

LABELS, SMALL, LARGE = "shipped:label_curve", "shipped:width_small_teacher", "shipped:width_large_teacher"
KINDS = {"labelled": "KD, same images", "all": "KD, all images"}
SMALL_KD, LARGE_KD = "KD, small teacher", "KD, large teacher"


def show(lab: Lab, studies: Sequence[Study]) -> None:
    """Two charts, each with what it shows and its repetition."""
    by_key = {study.key: study for study in studies}
    if LABELS in by_key:
        _labels(lab, studies, by_key[LABELS])
    if SMALL in by_key and LARGE in by_key:
        _widths(lab, studies, by_key[SMALL], by_key[LARGE])


def _labels(lab: Lab, studies: Sequence[Study], shipped: Study) -> None:
    st.subheader("Accuracy against the number of labels")
    again = repeat.own(studies, shipped)
    for study, column, key in _side_by_side(shipped, again, "label_curve"):
        with column:
            summary = sheets.summary(lab, study)
            counts = shipped.curve.places  # type: ignore[union-attr]
            series = label_series(summary, counts, dark=style.dark())
            places = [_count(count) for count in counts]
            chart = charts.along(
                series, places, title="Training images with a label", measure="Test accuracy", dark=style.dark()
            )
            charts.show(chart, key=key)
    summary = sheets.summary(lab, shipped)
    for sentence in gains(summary):
        st.markdown(sentence)
    asked = int(summary["p_value"].notna().sum())
    st.caption(
        f"Verdicts are paired tests over seeds with Holm's correction for all {asked} comparisons of this chart, so an "
        "interval that leaves 0 out is not enough."
    )
    _fine_print(lab, shipped)
    repeat.beside(lab, shipped, again, key="label_curve")


def _side_by_side(
    shipped: Study, again: Study | None, key: str
) -> list[tuple[Study, "st.delta_generator.DeltaGenerator", str]]:
    if again is None:
        return [(shipped, st.container(), key)]
    left, right = st.columns(2, gap="medium")
    left.markdown("**Shipped**")
    right.markdown("**Trained here**")
    return [(shipped, left, key), (again, right, f"{key}_again")]


def label_series(summary: pd.DataFrame, counts: Sequence[float | None], *, dark: bool) -> list[Series]:
    """Control, both kinds of students, and the teacher, over the counts of labels; with every label both are one.

    ``counts`` are the places, those included that are not trained yet; None is every label.
    """
    looks = style.looks(
        {"control": "control", **dict.fromkeys(KINDS.values(), "student"), "teacher": "teacher"}, dark=dark
    )
    taught = summary[(summary["role"] != "teacher") & summary["test_accuracy"].notna()]
    place = {_count(count): number for number, count in enumerate(counts)}
    found = [("control", taught[taught["role"] == "control"])]
    for transfer, name in KINDS.items():
        rows = taught[(taught["role"] == "student") & ((taught["transfer"] == transfer) | taught["labels"].isna())]
        found.append((name, rows))
    series = [
        Series(name=name, look=looks[name], points=_points(rows, [place[_count(count)] for count in rows["labels"]]))
        for name, rows in found
    ]
    return [*series, *_teachers(summary, {"teacher": looks["teacher"]})]


def _points(rows: pd.DataFrame, places: Sequence[int]) -> tuple[Point, ...]:
    numbers = zip(places, rows["test_accuracy"], rows["test_accuracy_half_width"], strict=True)
    points = [
        Point(place=at, mean=mean, half_width=None if pd.isna(half) else half)
        for at, mean, half in numbers
        if not pd.isna(mean)
    ]
    return tuple(sorted(points, key=lambda point: point.place))


def _teachers(summary: pd.DataFrame, looks: dict[str, style.Look]) -> list[Series]:
    rows = summary[summary["role"] == "teacher"]
    return [
        Series(name=name, look=look, points=_points(rows, [0]), level=True)
        for name, look in looks.items()
        if len(rows) == 1 and rows["test_accuracy"].notna().all()
    ]


def gains(summary: pd.DataFrame) -> tuple[str, ...]:
    """The gain over the control with the fewest labels, where it is largest, and with the most, for both kinds."""
    told = []
    for transfer, name in KINDS.items():
        rows = summary[(summary["role"] == "student") & summary["delta_points"].notna()]
        rows = rows[(rows["transfer"] == transfer) | rows["labels"].isna()].sort_values("labels", na_position="last")
        if len(rows) < 2:
            continue
        first, last, best = rows.iloc[0], rows.iloc[-1], rows.loc[rows["delta_points"].idxmax()]
        between = "" if best.name in (first.name, last.name) else f"; at best {_gain(best)}"
        does = "gains" if first["delta_points"] > 0 else "against its control:"
        told.append(f"**{name}** {does} {_gain(first)}{between}; {_gain(last)}.")
    return tuple(told)


def _gain(row: pd.Series) -> str:
    delta = words.points(row["delta_points"], row["delta_half_width_points"])
    return (
        f"with {_count(row['labels'])} labels **{delta} points** ({words.VERDICTS.get(row['verdict'], row['verdict'])})"
    )


def _count(labels: float | None) -> str:
    return "all" if labels is None or pd.isna(labels) else f"{int(labels):,}"


def _widths(lab: Lab, studies: Sequence[Study], small: Study, large: Study) -> None:
    st.subheader("Accuracy against the student's width")
    pairs = [(small, repeat.own(studies, small)), (large, repeat.own(studies, large))]
    series = width_series(sheets.summary(lab, small), sheets.summary(lab, large), dark=style.dark())
    places = [f"{place:g}" for place in small.curve.places if place is not None]  # type: ignore[union-attr]
    chart = charts.along(series, places, title="Width of the student", measure="Test accuracy", dark=style.dark())
    charts.show(chart, key="width_curve")
    for sentence in _gap(sheets.summary(lab, small), sheets.summary(lab, large)):
        st.markdown(sentence)
    _fine_print(lab, small)
    if all(again and again.state == "finished" for _, again in pairs):
        here = [sheets.summary(lab, again) for _, again in pairs if again]
        st.markdown("**Trained here**")
        chart = charts.along(
            width_series(*here, dark=style.dark()),
            places,
            title="Width of the student",
            measure="Test accuracy",
            dark=style.dark(),
        )
        charts.show(chart, key="width_curve_again")
    for (shipped, again), who in zip(pairs, ("small", "large"), strict=True):
        st.caption(f"With the {who} teacher:")
        repeat.beside(lab, shipped, again, key=f"width_{who}")


def width_series(small: pd.DataFrame, large: pd.DataFrame, *, dark: bool) -> list[Series]:
    """The control, the students of a small and of a large teacher, and both teachers."""
    looks = style.looks(
        {
            "control": "control",
            SMALL_KD: "student",
            LARGE_KD: "student",
            "small teacher": "teacher",
            "large teacher": "teacher",
        },
        dark=dark,
    )
    places = {width: number for number, width in enumerate(sorted(large["width"][large["role"] == "control"].unique()))}
    rows = [
        ("control", large[large["role"] == "control"]),
        (SMALL_KD, small[small["role"] == "student"]),
        (LARGE_KD, large[large["role"] == "student"]),
    ]
    series = [
        Series(name=name, look=looks[name], points=_points(them, [places[width] for width in them["width"]]))
        for name, them in rows
    ]
    return [
        *series,
        *_teachers(small, {"small teacher": looks["small teacher"]}),
        *_teachers(large, {"large teacher": looks["large teacher"]}),
    ]


def _gap(small: pd.DataFrame, large: pd.DataFrame) -> tuple[str, ...]:
    """Which teacher is better for the narrowest and for the widest student, on the same seeds."""
    teachers = [float(table.loc[table["role"] == "teacher", "test_accuracy"].iloc[0]) for table in (small, large)]
    small_share, large_share = map(words.percent, teachers)
    told = [f"The small teacher has {small_share} on these test images, the large one {large_share}."]
    for where, place in (("narrowest", 0), ("widest", -1)):
        rows = [table[table["role"] == "student"].sort_values("width").iloc[place] for table in (small, large)]
        values = [words.percent(row["test_accuracy"], row["test_accuracy_half_width"]) for row in rows]
        who = f"The {where} student (width {rows[0]['width']:g})"
        told.append(f"{who} reaches {values[0]} from the small teacher and {values[1]} from the large one.")
    return (" ".join(told),)


def _fine_print(lab: Lab, study: Study) -> None:
    budget, sheet = study.experiment.budget, sheets.sheet(lab, study)
    seeds = max(len(student.seeds) for student in study.experiment.students)
    st.caption(
        f"{words.plural(seeds, 'seed')}, 95 % intervals over seeds · {budget.updates:,} updates of {budget.batch_size} "
        f"images each, whatever the number of labels · test images, after the last update · made by `{sheet.command}`"
    )
