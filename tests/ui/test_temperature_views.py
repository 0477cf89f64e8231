"""The pictures of the Temperature page equal the closed forms, and nothing but their data moves."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from distill_core.errors import CorruptFile
from distill_core.evaluation.softening import GradientScaling
from distill_core.reports.prediction_sources import Predictions, PredictionSource
from distill_core.spec import TEMPERATURES
from distill_core.tasks import TASKS, Split, TaskData
from distill_core.tasks.images import IMAGE
from distill_core.templates.presets import default_experiment
from ui import kept
from ui.examples import Examples
from ui.networks import style
from ui.screens.temperature import (
    calibration,
    choose,
    classes,
    demonstration,
    gallery,
    gradient,
    gradient_law,
    mixture,
    probabilities,
)
from ui.screens.temperature.calibration import Sureness
from ui.screens.temperature.lens import Lens
from ui.text import small

NAMES = ("Coat", "Bag", "Shirt")
COLOURS = style.LIGHT
# Softmax gives 0.7, 0.2 and 0.1 at T = 1, and their square roots at T = 2.
TEACHER_NC = np.log(np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]]))
STUDENT_NC = np.array([[0.0, 0.0, 0.0], [0.5, 1.0, -0.5], [0.0, 0.5, 1.5], [1.0, 0.0, 0.2]])
LABELS_N = np.array([0, 1, 2, 0])
ROOTS = np.sqrt([0.7, 0.2, 0.1]) / np.sqrt([0.7, 0.2, 0.1]).sum()


@pytest.fixture(autouse=True)
def _fresh():
    kept.forget()


def network(name: str, logits_NC: np.ndarray) -> Predictions:
    return Predictions(
        key=name, title=name, valid_logits_NC=logits_NC, test_logits_NC=logits_NC, test_labels_N=LABELS_N
    )


SPLIT = Split(images_NHWC=np.arange(4 * 4, dtype=np.uint8).reshape(4, 2, 2, 1), labels_N=LABELS_N)
LENS = Lens(
    stamp=("literal",),
    teacher=network("teacher", TEACHER_NC),
    student=network("student", STUDENT_NC),
    classes=NAMES,
    test=Examples(task=TASKS.get("digits"), part=SPLIT),
    labels_N=LABELS_N,
    valid_labels_N=LABELS_N,
    index=0,
    temperature=2.0,
    alpha=0.5,
)


def at(**changes) -> Lens:
    return replace(LENS, **changes)


def rows(chart, **wanted):
    frame = chart.data
    for field, value in wanted.items():
        frame = frame[frame[field] == value]
    return frame


# Nothing jumps


CHARTS = {
    "dark knowledge": lambda lens: probabilities.chart(lens, COLOURS, log=False),
    "dark knowledge, log": lambda lens: probabilities.chart(lens, COLOURS, log=True),
    "gradient": lambda lens: gradient.bars(lens, COLOURS, squared=True),
    "law": lambda lens: gradient_law.strength(*gradient_law.laws(lens), COLOURS),
    "limit": lambda lens: gradient_law.limit(*gradient_law.laws(lens), COLOURS),
    "mixture": lambda lens: mixture.of_lens(lens, COLOURS)[0],
    "mixture of all": lambda lens: mixture.of_lens(lens, COLOURS)[1],
    "map": lambda lens: classes.map_of(classes.similar_CC(lens), NAMES, COLOURS, dark=False),
    "graph": lambda lens: classes.graph(classes.similar_CC(lens), NAMES, COLOURS),
    "reliability": lambda lens: calibration.diagram(calibration.compared(lens), COLOURS),
    "ece": lambda lens: calibration.over(calibration.known(lens), calibration.compared(lens), "ece", COLOURS),
    "nll": lambda lens: calibration.over(calibration.known(lens), calibration.compared(lens), "nll_nats", COLOURS),
}


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_only_data_move_with_t_and_alpha(draw):
    # Streamlit builds a chart anew where its specification or its alternative text differs.
    charts = [draw(at(temperature=temperature, alpha=alpha)) for temperature, alpha in ((0.5, 0.0), (20.0, 1.0))]
    assert charts[0].spec == charts[1].spec
    assert charts[0].alt == charts[1].alt
    assert not charts[0].data.equals(charts[1].data)


@pytest.mark.parametrize("view", ["probabilities", "gradient", "mixture", "classes", "calibration"])
@pytest.mark.parametrize(("temperature", "alpha"), [(0.5, 0.0), (1.0, 1.0), (100.0, 0.5)])
def test_every_view_draws_at_the_ends_too(view, temperature, alpha):
    def draw(view, lens):
        import importlib

        importlib.import_module(f"ui.screens.temperature.{view}").show(lens)

    lens = at(temperature=temperature, alpha=alpha)
    page = AppTest.from_function(draw, args=(view, lens), default_timeout=60).run()
    assert not page.exception
    assert page.caption, "a grey line says what is seen"
    assert "nan" not in " ".join(one.value for one in (*page.markdown, *page.caption)).lower().split()


@pytest.mark.parametrize("view", ["gradient", "mixture", "calibration"])
def test_a_student_that_answers_as_its_teacher_has_a_page_too(view):
    def draw(view, lens):
        import importlib

        importlib.import_module(f"ui.screens.temperature.{view}").show(lens)

    lens = at(student=LENS.teacher, alpha=1.0, stamp=("twins",))
    page = AppTest.from_function(draw, args=(view, lens), default_timeout=60).run()
    assert not page.exception


# One image


def test_bars_are_the_softmax_of_both_at_each_t():
    cold, warm = (demonstration.frame(LENS, T) for T in (1.0, 2.0))
    third = [1 / 3] * 3
    assert [pytest.approx(shares) for shares in cold["shares"]] == [[0.7, 0.2, 0.1], third]
    assert [pytest.approx(shares) for shares in warm["shares"]] == [ROOTS.tolist(), third]
    assert cold["texts"] == [["70.0", "20.0", "10.0"], ["33.4", "33.3", "33.3"]]
    assert cold["entropy"] == ["1.16 of 1.58 bits", "1.58 of 1.58 bits"]


def test_what_has_no_bar_of_its_own_is_one_sum_and_all_add_up():
    logits_1C = np.linspace(3, 0, 30)[None]
    many = at(teacher=network("many", logits_1C), student=network("few", -logits_1C), classes=[*map(str, range(30))])
    assert demonstration.order(many) == list(range(demonstration.MOST - 1))
    found = demonstration.frame(many, 4.0)
    assert [len(each) for each in found["shares"]] == [demonstration.MOST] * 2
    for shares, texts in zip(found["shares"], found["texts"], strict=True):
        assert sum(shares) == pytest.approx(1)
        assert sum(round(10 * float(text)) for text in texts) == 1000


def component(lens):
    from ui.screens.temperature import demonstration

    demonstration.show(lens)


@pytest.mark.parametrize("role", ["student", "control"])
def test_the_browser_gets_the_bars_at_every_place_of_the_slider(role):
    lens = at(temperatures=(0.5, 1.0, 2.0), roles={"student": role})
    page = AppTest.from_function(component, args=(lens,), default_timeout=60).run()
    assert not page.exception
    found = demonstration._data(lens, dark=False)
    assert list(found["frames"]) == ["0.5", "1", "2"]
    assert (found["classes"], found["label_place"]) == (["Coat", "Bag", "Shirt"], 0)
    assert [(one["name"], one["colour"]) for one in found["networks"]] == [
        ("teacher", COLOURS.text),
        ("student", style.looks({"student": role}, dark=False)["student"].colour),
    ]


def test_a_student_looks_as_beside_the_others_of_its_experiment():
    students = default_experiment().students
    lens = at(
        student_name="KD, same images",
        roles={one.name: one.role for one in students},
        settings={one.name: style.setting(one.model_dump()) for one in students},
    )
    assert demonstration._data(lens, dark=False)["networks"][1]["colour"] == COLOURS.series[1]


def test_dark_knowledge_leaves_the_true_class_out_and_sums_to_one():
    chart = probabilities.chart(LENS, COLOURS, log=False)
    assert rows(chart, at="T = 1")["class"].tolist() == ["Bag", "Shirt"]
    assert rows(chart, at="T = 1")["probability"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert rows(chart, at="T")["probability"].sum() == pytest.approx(1)


def test_the_logarithmic_floor_draws_nothing_and_hides_nothing():
    cold = at(teacher=network("sure", np.array([[90.0, 0.0, 50.0]])), temperature=1.0, stamp=("sure",))
    chart = probabilities.chart(cold, COLOURS, log=True)
    last = rows(chart, at="T").iloc[-1]
    assert last["drawn"] == probabilities.FLOOR
    assert last["probability"] == pytest.approx(math.exp(-50))
    assert last["text"] == "1.9·10⁻²²"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.713, "71.3 %"),
        (1.0, "100.0 %"),
        (0.99996, "over 99.9 %"),
        (0.0123, "1.23 %"),
        (3.2e-6, "3.2·10⁻⁶"),
        (0, "0.0 %"),
    ],
)
def test_a_share_is_percent_or_a_power(value, text):
    assert small.share(value) == text


@pytest.mark.parametrize("temperature", [0.5, 1.0, 50.0])
def test_the_ranking_is_that_of_the_logits_at_every_t(temperature):
    assert probabilities.ranking(at(temperature=temperature)).endswith("Coat \\> Bag \\> Shirt")


def test_sentences_of_an_image_say_first_class_entropy_and_what_is_left():
    first, entropy, others = probabilities.sentences(LENS)
    assert first == f"The teacher puts **Coat** first, rightly: 70.0 % at T = 1, **{100 * ROOTS[0]:.1f} % at T = 2**."
    assert entropy.startswith("Its answer holds 1.16 bits at T = 1 and **1.47 bits at T = 2**")
    assert "of at most 1.58 bits (log₂ 3)" in entropy
    assert "Bag has 66.7 % at T = 1 and **58.6 % at T = 2**; alike they would have 50.0 % each" in others


def test_a_teacher_that_is_wrong_is_called_wrong_and_t_1_is_said_once():
    first, entropy, _ = probabilities.sentences(at(index=3, temperature=1.0))
    assert first == "The teacher puts **Bag** first, wrongly (it is Coat): 40.0 % at T = 1."
    assert entropy == "Its answer holds 1.57 of at most 1.58 bits (log₂ 3)."


def test_the_formula_has_the_logit_and_the_temperature_put_in():
    said = probabilities.formula(LENS)
    assert r"e^{-0.36/2}" in said
    assert rf"= {100 * ROOTS[0]:.1f}\,\%" in said
    assert probabilities.tex("50_% {x}") == r"50\_\% \{x\}"


def test_the_formula_has_the_share_of_its_bar_where_rounded_shares_would_not_add_up():
    shares = np.array([[0.40055, 0.30060, 0.29885]])
    lens = at(teacher=network("odd", np.log(shares)), temperature=1.0)
    assert r"= 40.0\,\%" in probabilities.formula(lens)
    assert "40.0 % at T = 1." in probabilities.sentences(lens)[0]


def test_a_formula_of_huge_logits_has_finite_numbers():
    said = probabilities.formula(at(teacher=network("huge", np.array([[900.0, 0.0, 1.0]])), temperature=0.5))
    assert r"\cdot 10^{781}" in said
    assert "inf" not in said


# The gradient


def test_gradient_bars_are_the_closed_form():
    chart = gradient.bars(LENS, COLOURS, squared=True)
    third = np.full(3, 1 / 3)
    hard = 0.5 * (third - [1, 0, 0])
    soft = 0.5 * 2 * (third - ROOTS)
    assert rows(chart, kind="hard")["gradient"].tolist() == pytest.approx(hard.tolist())
    assert rows(chart, kind="soft")["gradient"].tolist() == pytest.approx(soft.tolist())
    assert rows(chart, kind="total")["gradient"].tolist() == pytest.approx((hard + soft).tolist())


def test_without_t_squared_the_soft_part_is_four_times_shorter_at_t_2():
    plain, scaled = (gradient.bars(LENS, COLOURS, squared=squared) for squared in (False, True))
    ratio = rows(scaled, kind="soft")["gradient"] / rows(plain, kind="soft")["gradient"]
    assert ratio.tolist() == pytest.approx([4, 4, 4])


def test_no_bar_leaves_the_axis_at_any_t_or_alpha():
    chart = gradient.bars(LENS, COLOURS, squared=True)
    low, high = chart.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    longest = max(
        rows(gradient.bars(at(temperature=t, alpha=a), COLOURS, squared=s), part="bar")["gradient"].abs().max()
        for t in TEMPERATURES
        for a in (0.0, 0.5, 1.0)
        for s in (True, False)
    )
    assert -low == high >= longest


def test_the_formula_of_the_gradient_adds_up():
    soft = 0.5 * 2 * (1 / 3 - ROOTS[0])
    said = gradient.formula(LENS, squared=True)
    assert r"0.50\,(0.333 - 1)" in said
    assert rf"0.50 \cdot 2\,(0.333 - {ROOTS[0]:.3f})" in said
    assert f"= -0.3333 {soft:+.4f} = {-1 / 3 + soft:.3f}" in said
    assert r"\cdot \tfrac{1}{2}\," in gradient.formula(LENS, squared=False)


def test_sentences_of_the_gradient_name_who_rises_and_who_pulls():
    _, moved, weights = gradient.sentences(LENS, squared=True)
    assert moved.startswith("Most raised is **Coat** (−0.523)")
    assert weights.startswith("The **hard part pulls 1.7 times as hard**: hard part 0.408, soft part 0.2")
    assert gradient.sentences(at(alpha=0.0), squared=True)[-1].startswith("Only the hard part pulls")
    assert gradient.sentences(at(student=LENS.teacher, alpha=1.0), squared=True)[-1] == (
        "Nothing pulls here: every part is 0."
    )


def law(temperature: float, plain: float, distance: float) -> GradientScaling:
    return GradientScaling(temperature=temperature, plain=plain, scaled=plain * temperature**2, distance=distance)


def test_the_reference_meets_the_gradient_at_the_highest_t():
    known = (law(1, 0.5, 0.9), law(10, 0.02, 0.2), law(50, 0.001, 0.1))
    chart = gradient_law.strength(known, known[:2], COLOURS)
    reference = rows(chart, part="1/T²")
    assert reference["length"].tolist() == pytest.approx([2.5, 0.025, 0.001])
    assert rows(chart, part="with T²")["length"].tolist() == pytest.approx([0.5, 2.0, 2.5])
    assert rows(chart, part="rule")["temperature"].tolist() == [1]


def test_sentences_of_the_law_and_of_its_limit():
    known = (law(4, 0.02, 0.5), law(8, 0.005, 0.25))
    assert "is **0.020** long; multiplied by T² it is **0.320**" in gradient_law.sentence(known)
    assert "divides it by **4.0**" in gradient_law.sentence(known)
    assert gradient_law.limit_sentence(known, known).endswith("**50.0 % away at T = 4**, 25.0 % at T = 8.")
    assert gradient_law.limit_sentence(known, known[1:]).endswith("**25.0 % away at T = 8**.")
    same = (law(4, 0.0, 0.0), law(8, 0.0, 0.0))
    assert gradient_law.sentence(same).startswith("Both networks give the same answers")
    assert gradient_law.limit_sentence(same, same).startswith("Both networks give the same answers")


# The mixture


def test_terms_of_one_image_are_the_closed_form():
    hard, soft = mixture.of_image(LENS, 2.0)
    assert hard == pytest.approx(math.log(3))
    assert soft == pytest.approx(4 * (ROOTS * np.log(ROOTS * 3)).sum())


def test_the_mean_over_the_set_is_the_mean_of_its_images():
    each = [mixture.of_image(at(index=index), 2.0) for index in range(4)]
    assert mixture.of_set(LENS, 2.0) == pytest.approx(tuple(np.mean(each, axis=0)))


def test_lines_run_from_the_hard_to_the_soft_term():
    chart = mixture.chart((2.0, 4.0), 0.25, COLOURS, top=5.0, alt="this image")
    assert rows(chart, part="total")["loss"].tolist() == [2.0, 4.0]
    assert rows(chart, part="total now")["loss"].tolist() == [2.5]
    assert rows(chart, part="parts now")["loss"].tolist() == [1.5, 1.0]
    assert chart.table["total (nats)"].tolist() == [2.0, 2.5, 3.0, 3.5, 4.0]


@pytest.mark.parametrize(
    ("pair", "alpha", "share", "equal"),
    [
        ((2.0, 4.0), 0.25, "**40.0 %**", "**alpha = 0.33**"),
        ((0.001, 4.0), 0.5, "**over 99.9 %**", "**alpha under 0.01**"),
        ((4.0, 0.001), 0.0, "**0.0 %**", "**alpha over 0.99**"),
    ],
)
def test_sentences_of_the_mixture(pair, alpha, share, equal):
    first, second = mixture.sentences(pair, alpha, IMAGE)
    assert share in first
    assert equal in second


def test_nothing_to_learn_is_said():
    assert mixture.sentences((0.0, 0.0), 0.5, IMAGE) == ("This image: there is nothing to learn here, the loss is 0.",)


def test_the_formula_of_the_mixture_shows_t_squared_apart():
    said = mixture.formula((2.0, 4.0), 2.0, 0.25)
    assert r"0.75 \cdot 2.000 + 0.25 \cdot 2^2 \cdot 1.0000" in said
    assert "1.5000 + 1.0000 = 2.500" in said
    assert r"2^2 \cdot 2.50 \cdot 10^{-5}" in mixture.formula((2.0, 1e-4), 2.0, 0.25)


# Classes


SIMILAR_CC = np.array([[0.6, 0.1, 0.3], [0.1, 0.8, 0.1], [0.2, 0.05, 0.75]])


def test_links_are_pairs_by_the_mean_of_both_ways():
    found = classes.links(SIMILAR_CC)
    assert [(link.first, link.other) for link in found] == [(0, 2), (0, 1), (1, 2)]
    assert [link.strength for link in found] == pytest.approx([0.25, 0.1, 0.075])


def test_sentences_name_the_strongest_pairs():
    first, second = classes.sentences(SIMILAR_CC, NAMES, 4)
    assert (
        first
        == "Most alike at T = 4: **Coat and Shirt (25.0 %)**, then Coat and Bag (10.0 %) and Bag and Shirt (7.5 %)."
    )
    assert "keeps **71.7 %** on average" in second


def test_the_map_says_percent_and_keeps_its_diagonal_quiet():
    chart = classes.map_of(SIMILAR_CC, NAMES, COLOURS, dark=False)
    assert rows(chart, part="own")["number"].tolist() == ["60", "80", "75"]
    assert set(rows(chart, part="own")["ink"]) == {COLOURS.text}
    assert rows(chart, part="other")["share"].max() == 0.3
    assert chart.table["Shirt (%)"].tolist() == pytest.approx([30, 10, 75])


def test_a_class_without_images_is_left_out():
    empty_CC = SIMILAR_CC.copy()
    empty_CC[1] = np.nan
    assert [(link.first, link.other) for link in classes.links(empty_CC)] == [(0, 2)]
    assert set(classes.map_of(empty_CC, NAMES, COLOURS, dark=False).data["class"]) == {"Coat", "Shirt"}
    assert "keeps **67.5 %**" in classes.sentences(empty_CC, NAMES, 4)[1]
    assert "–" in rows(classes.graph(empty_CC, NAMES, COLOURS), part="class")["own"].tolist()


def test_names_stand_outside_the_circle_on_their_own_side():
    chart = classes.graph(np.full((4, 4), 0.25), ("a", "b", "c", "d"), COLOURS)
    assert rows(chart, part="middle")["class"].tolist() == ["a", "c"]
    assert rows(chart, part="right")["class"].tolist() == ["b"]
    assert rows(chart, part="left")["class"].tolist() == ["d"]
    assert rows(chart, part="right")["x"].iloc[0] > rows(chart, part="class", **{"class": "b"})["x"].iloc[0]


# Calibration


def sure(temperature: float, ece: float, nll: float, apart: float = 0.0) -> Sureness:
    # Four images whose NLL lies ``apart`` from the mean, up and down.
    nll_N = nll + apart * np.array([1.0, -1.0, 1.0, -1.0])
    return Sureness(temperature=temperature, bins=(), ece=ece, nll_N=nll_N)


@pytest.mark.parametrize(
    ("fitted", "said"),
    [
        (sure(1.6, 0.02, 0.4), "At T = 1 the teacher is too sure; fitted on the validation set, **T = 1.60** makes"),
        (sure(0.7, 0.02, 0.4), "At T = 1 the teacher is too modest"),
        (sure(1.6, 0.09, 0.6), "does not help on the test set: ECE 5.0 % → **9.0 %**, NLL 0.500 → 0.600 nats"),
        (sure(1.001, 0.05, 0.5), "the confidences need no correction (ECE 5.0 %)"),
        # differences of 0.09, 0.11, 0.09 and 0.11 would be a gain; these are 0.3, -0.1, 0.3 and -0.1
        (sure(1.6, 0.02, 0.4, 0.2), "no difference from T = 1 is shown (NLL lower by 0.1000 ± 0.3675 nats an example"),
    ],
)
def test_what_the_fitted_temperature_does_is_said_also_where_it_does_not_help(fitted, said):
    before = sure(1.0, 0.05, 0.5)
    assert said in calibration.sentences({"T = 1": before, "fitted": fitted, "T": before})[0]


def test_an_interval_that_leaves_nothing_out_is_no_help_either():
    # Worse by 0.1 on average, but 0.1 ± 0.3675: neither a gain nor a loss is shown.
    before = sure(1.0, 0.05, 0.5)
    told = calibration.sentences({"T = 1": before, "fitted": sure(0.7, 0.09, 0.6, 0.2), "T": before})[0]
    assert told == (
        "Fitted on the validation set, the temperature is **T = 0.70**; on the test set no difference from T = 1 is "
        "shown (NLL higher by 0.1000 ± 0.3675 nats an example; ECE 5.0 % → **9.0 %**)."
    )


def test_the_gain_of_the_fitted_temperature_is_paired_image_by_image():
    # Images differ by far more than the temperatures do: unpaired nothing could be told.
    before = Sureness(temperature=1.0, bins=(), ece=0.05, nll_N=np.array([0.1, 2.0, 0.4, 1.0]))
    after = Sureness(temperature=1.6, bins=(), ece=0.02, nll_N=before.nll_N - [0.02, 0.03, 0.02, 0.03])
    told = calibration.sentences({"T = 1": before, "fitted": after, "T": before})[0]
    assert "makes it more honest: ECE 5.0 % → **2.0 %**, NLL 0.875 → 0.850 nats" in told


def test_a_diagram_shows_the_bins_that_have_images():
    found = calibration.sureness(LENS, 1.0)
    chart = calibration.diagram({"T = 1": found, "fitted": found, "T": found}, COLOURS)
    mine = rows(chart, part="bin", kind="T = 1")
    assert mine["confidence"].tolist() == pytest.approx([0.4, 0.5, 0.7, 0.8])
    assert mine["accuracy"].tolist() == [0, 1, 1, 1]
    assert mine["count"].tolist() == ["1"] * 4
    assert chart.table["Examples, T = 1"].sum() == 4
    assert len(chart.table) == calibration.BINS


def test_ece_and_nll_of_the_literal_case():
    found = calibration.sureness(LENS, 1.0)
    assert found.ece == pytest.approx((0.4 + 0.5 + 0.3 + 0.2) / 4)
    assert found.nll_N.tolist() == pytest.approx((-np.log([0.7, 0.5, 0.8, 0.3])).tolist())
    assert found.nll_nats == pytest.approx(-np.log([0.7, 0.5, 0.8, 0.3]).mean())


def test_the_slider_is_told_whether_the_teacher_promises_too_much():
    cold, hot = (calibration.sureness(LENS, temperature) for temperature in (0.05, 50.0))
    one = calibration.sureness(LENS, 1.0)
    assert "promises more than it keeps" in calibration.sentences({"T = 1": one, "fitted": one, "T": cold})[1]
    assert "promises less than it keeps" in calibration.sentences({"T = 1": one, "fitted": one, "T": hot})[1]


def test_an_error_of_zero_stands_on_a_logarithmic_axis():
    found = {1.0: sure(1.0, 0.0, 0.5), 2.0: sure(2.0, 0.2, 0.6)}
    marks = {"T = 1": found[1.0], "fitted": found[1.0], "T": found[2.0]}
    chart = calibration.over(found, marks, "ece", COLOURS)
    assert chart.data["value"].min() > 0
    assert chart.table["ECE (%)"].tolist() == [0.0, 20.0]


# Whose answers


def lab_of(**labels: np.ndarray) -> Any:
    """A lab with two networks of which each answered images with these labels."""
    answers = {
        key: replace(network(key, TEACHER_NC), test_labels_N=labels.get(key, LABELS_N))
        for key in ("teacher", "student")
    }
    data = TaskData(train=SPLIT, valid=SPLIT, test=SPLIT)
    return SimpleNamespace(
        home="",
        tasks=TASKS,
        catalog=SimpleNamespace(parts=lambda task: data, classes=lambda task: list(NAMES)),
        reports=SimpleNamespace(predictions=answers.__getitem__),
    )


def answerer(key: str) -> PredictionSource:
    return PredictionSource(key=key, student=key, title=key, role=key, task="digits", test_accuracy=0.5)


def test_a_lens_holds_the_answers_of_both():
    found = choose.lens(lab_of(), "digits", answerer("teacher"), answerer("student"), 2.0, 0.5)
    assert (found.teacher.title, found.student.title, found.temperature, found.alpha) == (
        "teacher",
        "student",
        2.0,
        0.5,
    )
    assert (found.index, found.label) == (0, 0)


@pytest.mark.parametrize("who", ["teacher", "student"])
@pytest.mark.parametrize("labels", [LABELS_N[::-1] + 1, LABELS_N[:3]], ids=["other labels", "fewer"])
def test_answers_to_other_images_are_refused(who, labels):
    # They came from a lab with other data: numbers would look right, and each be of another image.
    with pytest.raises(CorruptFile, match=f"the answers of {who}: expected these examples, got others; choose another"):
        choose.lens(lab_of(**{who: labels}), "digits", answerer("teacher"), answerer("student"), 2.0, 0.5)


# The gallery


def test_shelves_are_ranked_by_the_entropy_of_the_teacher():
    assert gallery.shelf(gallery.CONFUSING, TEACHER_NC, LABELS_N, NAMES) == [3, 1, 0, 2]
    assert gallery.shelf(gallery.CERTAIN, TEACHER_NC, LABELS_N, NAMES) == [2, 0, 1, 3]


def test_the_clear_shelf_begins_where_the_teacher_is_right_sure_and_guesses_the_class_most_alike():
    # Coats look like shirts: image 1 guesses a bag, 2 is surer than 98 %, 3 less sure, 4 wrong.
    shares_NC = [[0.9, 0.01, 0.09], [0.98, 0.015, 0.005], [0.99, 0.002, 0.008], [0.7, 0.1, 0.2], [0.01, 0.01, 0.98]]
    logits_NC, labels_N = np.log(shares_NC), np.zeros(5, dtype=int)
    assert gallery.shelf(gallery.CLEAR, logits_NC, labels_N, NAMES)[:3] == [2, 0, 3]


def test_a_class_has_its_images_in_test_order_and_a_shelf_has_an_end():
    assert gallery.shelf("Coat", TEACHER_NC, LABELS_N, NAMES) == [0, 3]
    many = gallery.shelf("Coat", np.zeros((50, 3)), np.zeros(50, dtype=int), NAMES)
    assert many == list(range(gallery.SHOWN))


def pick() -> None:
    import numpy as np
    import streamlit as st

    from distill_core.tasks import TASKS, Split
    from ui.examples import Examples
    from ui.screens.temperature import gallery

    part = Split(images_NHWC=np.zeros((4, 2, 2, 1), np.uint8), labels_N=np.array([0, 1, 2, 0]))
    gallery.choose(np.eye(4, 3), Examples(task=TASKS.get("digits"), part=part), ("Coat", "Bag", "Shirt"), ("literal",))
    st.text(f"image {st.session_state['image']}")


def test_a_number_chooses_an_image():
    page = AppTest.from_function(pick, default_timeout=30).run()
    assert not page.exception
    # Where the page begins the teacher is right, and no class is as far ahead as in the others.
    assert page.text[0].value == "image 0"
    page.number_input(key="image").set_value(2).run()
    assert page.text[0].value == "image 2"
    assert page.query_params["image"] == "2"


@pytest.mark.parametrize(("left", "there"), [(99, 3), (-2, 0)])
def test_an_image_of_another_task_that_is_not_here_does_not_stop_the_page(left, there):
    page = AppTest.from_function(pick, default_timeout=30)
    page.session_state["image"] = left
    page.session_state["shelf"] = "Zebra"
    page.run()
    assert not page.exception
    assert page.text[0].value == f"image {there}"
    assert page.selectbox(key="shelf").value == gallery.CLEAR


def test_of_more_classes_than_there_is_room_for_those_of_the_strongest_links_are_drawn() -> None:
    shares_CC = np.full((30, 30), 0.001)
    shares_CC[4, 9] = shares_CC[9, 4] = 0.4
    drawn_CC, names = classes._drawn(shares_CC, [f"class {place}" for place in range(30)])
    assert len(names) == len(drawn_CC) <= classes.MOST
    assert {"class 4", "class 9"} < set(names)
    assert drawn_CC.max() == 0.4
    assert classes._drawn(shares_CC[:10, :10], list("abcdefghij"))[1] == list("abcdefghij")
