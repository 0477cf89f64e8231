"""Title, help, bounds and options of a widget are those of the specification's field."""

import pytest

from distill_core.spec import AddedMethod, Budget, Experiment, Optimiser, Student
from distill_core.templates.compression_chain import CompressionChain, CompressionStage, TrainingStage
from distill_core.templates.grid import GridSpec
from distill_core.templates.method_comparison import MethodComparison
from ui.forms import spec_form
from ui.forms.spec_form import Form, placed

# What forms draw of each; the rest is a part of its own, or no field shows it.
DRAWN = {
    Budget: ("updates", "batch_size"),
    Optimiser: ("algorithm", "learning_rate", "weight_decay", "momentum", "warmup_fraction"),
    Experiment: ("task", "teacher", "views", "mode", "data_seed", "precision", "device"),
    Student: (
        *("name", "architecture", "width", "stem_stride", "method", "temperature", "alpha", "standardize", "labels"),
        *("transfer", "missing_class", "taught_by", "seeds"),
    ),
    AddedMethod: ("method", "weight"),
    GridSpec: ("method", "seeds", "temperatures", "alphas", "labels", "transfer"),
    MethodComparison: ("methods", "seeds", "labels", "transfer"),
    CompressionChain: ("teacher", "start", "labels", "transfer", "seeds", "controls"),
    CompressionStage: ("architecture", "width", "after"),
    TrainingStage: ("method", "temperature", "alpha", "int8_aware", "after"),
}


@pytest.mark.parametrize(("model", "name"), [(model, name) for model in DRAWN for name in DRAWN[model]])
def test_a_field_that_a_form_draws_has_a_title_and_says_what_it_is_for(model, name):
    info = model.model_fields[name]
    assert info.title
    help_text = spec_form.help_of(model, name)
    assert help_text.endswith(".")
    assert "None" not in help_text


@pytest.mark.parametrize(
    ("model", "name", "bounds"),
    [
        (Budget, "updates", (1, 200_000)),
        (Optimiser, "learning_rate", (0.0, 10.0)),
        (Optimiser, "momentum", (0.0, 1.0)),
        (Student, "temperature", (0.1, 100.0)),
        (Student, "width", (0.1, 4.0)),
        (Experiment, "data_seed", (0, 2**31 - 1)),
        (MethodComparison, "seeds", (1, 5)),
    ],
)
def test_bounds_are_those_of_the_field(model, name, bounds):
    found = spec_form.bounds(model, name)
    assert found == bounds
    assert [type(end) for end in found] == [type(end) for end in bounds]


def test_options_and_defaults_are_those_of_the_field():
    assert spec_form.options(Student, "transfer") == ("labelled", "all")
    assert spec_form.options(Experiment, "mode") == ("cached", "consistent")
    assert spec_form.default(Student, "seeds") == [0]
    assert spec_form.default(GridSpec, "stem_stride") == 2
    assert spec_form.default(GridSpec, "budget") == {"updates": 240, "batch_size": 125}
    assert spec_form.default(Student, "name") is None


def test_a_term_of_the_glossary_stands_in_the_help():
    assert spec_form.help_of(Budget, "updates").endswith("See [update](glossary#update).")


@pytest.mark.parametrize(("text", "count"), [("all", None), (" 77 ", 77), ("many", "many"), ("9" * 40, "9" * 40)])
def test_labels_are_a_number_or_all_and_else_what_was_typed(text, count):
    assert spec_form.label_count(text) == count


def test_a_value_is_placed_and_nothing_else_changes():
    before = {"a": [{"b": 1}, {"c": 2}], "d": {}}
    after = placed(before, ("a", 1, "c"), 3)
    assert before == {"a": [{"b": 1}, {"c": 2}], "d": {}}
    assert after == {"a": [{"b": 1}, {"c": 3}], "d": {}}
    assert after["a"][0] is before["a"][0]
    assert placed({}, ("budget", "updates"), 3) == {"budget": {"updates": 3}}


def test_a_change_that_comes_after_its_line_was_removed_lands_nowhere(monkeypatch):
    state: dict = {}
    monkeypatch.setattr("streamlit.session_state", state)
    form = Form("form")
    form.load({"lines": [{"x": 1}, {"x": 2}, {"x": 3}]})
    late, other = form.tied(("lines", 1, "x"), 2), form.tied(("updates",), 5)
    form.rearrange(("lines",), form.get(("lines",))[1:])
    now = form.tied(("lines", 1, "x"), 3)
    assert late["key"] != now["key"]
    for tie, value in ((late, 9), (other, 7), (now, 8)):
        state[tie["key"]] = value
        tie["on_change"](*tie["args"])
    assert form.values == {"lines": [{"x": 2}, {"x": 8}], "updates": 7}
