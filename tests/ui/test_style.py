"""A network looks the same wherever it is drawn."""

import math
import re

import pandas as pd
import pytest

from distill_core.templates.presets import PRESETS, default_experiment
from ui.networks import style

ROLES = {"teacher": "teacher", "control": "control", "b": "student", "a": "student"}


@pytest.mark.parametrize("dark", [False, True])
def test_teacher_is_the_text_colour_and_a_star_and_the_control_grey_and_a_cross(dark):
    looks = style.looks(ROLES, dark=dark)
    assert (looks["teacher"].colour, looks["teacher"].symbol) == (style.theme(dark).text, "star")
    assert (looks["control"].colour, looks["control"].symbol) == (style.theme(dark).control, "cross")


STUDENTS = {student.name: student for student in default_experiment().students}


def test_the_students_of_the_default_comparison_are_a_blue_circle_and_a_vermilion_square():
    looks = style.of_students(STUDENTS.values(), dark=False)
    assert {name: (look.colour, look.symbol) for name, look in looks.items()} == {
        "KD, same images": ("#D55E00", "square"),
        "KD, all images": ("#0072B2", "circle"),
    }
    assert style.of_students(reversed(STUDENTS.values()), dark=False) == looks


def test_a_setting_looks_the_same_as_a_specification_a_row_and_a_form_under_any_name_and_in_any_experiment():
    same = STUDENTS["KD, same images"]
    row = {**same.model_dump(), "temperature": 4.0, "alpha": 0.9, "labels": 500.0, "missing_class": None}
    rows = pd.DataFrame(
        [{**row, "student": "KD #5044"}, {**row, "student": "other", "temperature": math.nan, "width": 2}]
    )
    look = style.of_students([same], dark=False)[same.name]
    assert style.of_rows(rows.iloc[:1], dark=False)["KD #5044"] == look
    assert style.of_rows(rows, dark=False)["KD #5044"] == look
    form = {"name": "mine", "architecture": "resnet8", "stem_stride": 2, "labels": 500}
    assert style.looks({"mine": "student"}, dark=False, settings={"mine": style.setting(form)})["mine"] == look


@pytest.mark.parametrize("preset", [one for one in PRESETS if one.name != "hot_and_cold"], ids=lambda one: one.name)
def test_students_of_a_preset_look_as_each_does_alone(preset):
    together = style.of_students(preset.experiment.students, dark=False)
    different = {style.setting(one.model_dump()): one for one in reversed(preset.experiment.students)}
    alone = {one.name: style.of_students([one], dark=False)[one.name] for one in different.values()}
    assert {name: together[name] for name in alone} == alone


def test_what_comes_later_moves_no_look():
    names = [f"s{place}" for place in range(60)]
    before = style.looks(dict.fromkeys(names[:9], "student"), dark=False)
    after = style.looks(dict.fromkeys(names, "student"), dark=False)
    assert {name: after[name] for name in before} == before
    assert len({look.colour for look in list(after.values())[:6]}) == 6
    assert len({look.symbol for look in list(after.values())[:7]}) == 7


def test_equal_settings_side_by_side_look_different():
    looks = style.looks(dict.fromkeys("abc", "student"), dark=False, settings=dict.fromkeys("abc", "the same"))
    assert len({look.colour for look in looks.values()}) == len({look.symbol for look in looks.values()}) == 3


@pytest.mark.parametrize("dark", [False, True])
def test_forty_students_all_differ_in_colour_or_shape(dark):
    looks = style.looks({f"s{place:02}": "student" for place in range(40)}, dark=dark)
    assert len({(look.colour, look.symbol) for look in looks.values()}) == 40


def test_controls_differ_by_their_line_alone():
    looks = style.looks({"c1": "control", "c2": "control"}, dark=False)
    assert looks["c1"].colour == looks["c2"].colour
    assert looks["c1"].dash != looks["c2"].dash


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK])
def test_text_and_buttons_can_be_read(theme):
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 4.5
    assert contrast(theme.muted, theme.panel) >= 4.5
    assert contrast("#FFFFFF", theme.primary) >= 4.5
    assert contrast(theme.control, theme.background) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours ``#RRGGBB``."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    shares = [int(part, 16) / 255 for part in re.findall("..", colour.removeprefix("#"))]
    red, green, blue = (s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_who_adapted_comes_last_and_changes_nobody_else():
    before = style.looks({"KD": "student", "KD, same images": "student"}, dark=False)
    more = ["KD, adapted to Fog 4", "KD, trained on", "KD", "KD, same images"]
    after = style.looks(dict.fromkeys(more, "student"), dark=False)
    assert {name: after[name] for name in before} == before
    assert len({look.symbol for look in after.values()}) == 4
