"""A network looks the same wherever it is drawn."""

import re

import pytest

from ui.networks import style

ROLES = {"teacher": "teacher", "control": "control", "b": "student", "a": "student"}


@pytest.mark.parametrize("dark", [False, True])
def test_teacher_is_the_text_colour_and_a_star_and_the_control_grey_and_a_cross(dark):
    looks = style.looks(ROLES, dark=dark)
    assert (looks["teacher"].colour, looks["teacher"].symbol) == (style.theme(dark).text, "star")
    assert (looks["control"].colour, looks["control"].symbol) == (style.theme(dark).control, "cross")


def test_students_take_their_look_by_name_and_not_by_the_order_they_come_in():
    turned = dict(reversed(ROLES.items()))
    assert style.looks(ROLES, dark=False)["a"] == style.looks(turned, dark=False)["a"]
    assert list(style.looks(turned, dark=False)) == list(turned)


def test_the_first_two_students_are_blue_and_vermilion():
    looks = style.looks(ROLES, dark=False)
    assert (looks["a"].colour, looks["b"].colour) == ("#0072B2", "#D55E00")


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
