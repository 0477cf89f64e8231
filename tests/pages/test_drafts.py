"""The forms of a grid and of a comparison of methods: their specification in the address, and copies of experiments."""

from urllib.parse import parse_qs, urlsplit

import pytest

from distill_core.store import JobState
from distill_core.templates.grid import GridSpec, grid_experiment
from distill_core.templates.method_comparison import MethodComparison, comparison_experiment
from tests.quick import experiment
from ui.forms import packed
from ui.screens.methods import comparison
from ui.screens.temperature import grid_form
from ui.shell import address

GRID, COMPARE = "Grid search (T × α)", "Compare methods"
QUICK = {
    **{"task": "digits", "teacher": experiment().teacher.model_dump(mode="json"), "architecture": "plain_cnn"},
    **{"labels": 100, "seeds": 1, "budget": {"updates": 8, "batch_size": 16}},
}
# By page: its form, another specification, and what it may hold that cannot run.
FORMS = {
    "temperature": (
        grid_form.FORM,
        {**QUICK, "temperatures": [1.0, 7.3], "alphas": [0.25, 0.5]},
        {
            "temperatures": ["warm", 1e9],
            "alphas": [True],
            "method": "magic",
            "seeds": 10**18,
            "teacher": {"kind": "odd"},
        },
    ),
    "methods": (
        comparison.FORM,
        {**QUICK, "methods": ["at", "dkd"]},
        {"methods": ["magic"] * 9, "architecture": "resnet9", "labels": "many", "budget": {"updates": []}, "task": 3},
    ),
}
TABS = {"temperature": ("view", GRID), "methods": ("part", COMPARE)}


def link(page) -> dict[str, list[str]]:
    """What Copy link holds."""
    return parse_qs(urlsplit(page.code[0].value).query)


def spec(page) -> dict:
    """What that says of the form."""
    return packed.unpack(link(page)["spec"][0])


@pytest.mark.parametrize("name", FORMS)
def test_a_specification_in_the_address_opens_the_form_with_all_of_it(screen, name):
    form, asked, _ = FORMS[name]
    page = screen(name, spec=packed.pack(asked))
    assert not page.exception
    key, tab = TABS[name]
    assert page.session_state[key] == tab
    assert page.number_input(key=form.key(("budget", "updates"))).value == 8
    assert page.selectbox(key=form.key(("architecture",))).value == "plain_cnn"
    assert {name: value for name, value in spec(page).items() if name in asked} == asked
    again = screen(name, **link(page))
    assert link(again) == link(page)


@pytest.mark.parametrize("name", FORMS)
def test_what_cannot_run_is_shown_and_told(screen, name):
    _form, asked, bad = FORMS[name]
    page = screen(name, spec=packed.pack({**asked, **bad}))
    assert not page.exception
    assert page.warning
    assert spec(page) == {**spec(page), **bad}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "text", ["!", packed.pack({"seeds": {}}), packed.pack({"budget": 3}), packed.pack({"students": []})]
)
def test_a_link_that_cannot_be_read_is_told_and_the_usual_shown(screen, name, text):
    page = screen(name, spec=text)
    assert not page.exception
    assert "Spec in the address: expected" in page.warning[0].value
    form, *_ = FORMS[name]
    assert page.number_input(key=form.key(("budget", "updates"))).value == 240
    assert "Spec in the address" not in "".join(one.value for one in page.run().warning)


@pytest.mark.parametrize(("name", "shown"), [("train", "train_show"), ("compress", "compress_show")])
def test_a_link_that_cannot_be_read_is_told_whichever_tab_is_open(screen, name, shown):
    page = screen(name, spec="!", **{shown: {"train": "watch", "compress": "results"}[name]})
    assert not page.exception
    assert ["Spec in the address" in one.value for one in page.warning] == [True]
    assert not [warning for tab in page.tabs for warning in tab.warning]


@pytest.mark.parametrize(
    ("name", "old"), [("temperature", {"g_T": "7.3", "g_seeds": "2"}), ("methods", {"r_methods": "at", "r_seeds": "2"})]
)
def test_an_old_link_opens_the_form_and_its_fields_leave_the_address(screen, bar, name, old):
    page = screen(name, **old)
    assert not page.exception
    assert spec(page)["seeds"] == 2
    assert bar["spec"] == link(page)["spec"]
    assert page.session_state[address.DROPPED] == set(old)


@pytest.mark.parametrize(("name", "tab"), [("temperature", "Explore"), ("methods", "All methods")])
def test_a_form_out_of_sight_is_kept_in_the_bar_and_not_in_the_link(screen, bar, name, tab):
    asked, (key, own) = FORMS[name][1], TABS[name]
    page = screen(name, **{key: tab}, spec=packed.pack(asked))
    assert not page.exception
    assert page.session_state[key] == tab
    assert "spec" not in link(page)
    assert packed.unpack(bar["spec"][0]) == asked
    again = screen(name, **{name: values[0] for name, values in bar.items()})
    assert again.session_state[key] == tab  # and not the form
    page.session_state[key] = own
    assert spec(page.run()) == asked


def test_who_comes_back_finds_a_form_as_it_was_left(screen):
    asked = FORMS["methods"][1]
    page = screen("methods", spec=packed.pack(asked))
    page.switch_page("../pages/home.py").run()
    page.switch_page("../pages/methods.py")
    page.query_params.clear()
    page.query_params["part"] = COMPARE
    assert spec(page.run()) == asked


def test_a_link_that_takes_the_place_of_another_specification_is_told(screen):
    asked, told = FORMS["methods"][1], "in place of what stood there"
    page = screen("methods", spec=packed.pack(asked))
    assert told not in "".join(one.value for one in page.info)
    for specification, replaces in ((asked, False), ({**asked, "seeds": 2}, True)):
        page.switch_page("../pages/home.py").run()
        page.switch_page("../pages/methods.py")
        page.query_params.clear()
        page.query_params["spec"] = packed.pack(specification)
        page.run()
        assert (told in "".join(one.value for one in page.info)) == replaces
        assert spec(page) == specification


def test_another_task_brings_a_teacher_and_a_network_that_fit(screen):
    form = FORMS["methods"][0]
    page = screen("methods", part=COMPARE)
    page.selectbox(key=form.key(("architecture",))).select("vit_small").run()
    page.selectbox(key=form.key(("task",))).select("digits").run()
    assert not page.exception
    assert (spec(page)["stem_stride"], spec(page)["teacher"]["kind"]) == (1, "train")


def test_a_copy_of_a_grid_or_a_comparison_is_edited_on_its_page(filed, screen, lab):
    made = {
        "temperature": (GridSpec, grid_experiment, FORMS["temperature"][1]),
        "methods": (MethodComparison, comparison_experiment, FORMS["methods"][1]),
    }
    for number, (name, (model, write, asked)) in enumerate(made.items()):
        full = lab.plan(write(model.of(asked))).experiment
        filed(f"0000000{number}", JobState.STOPPED, specification=full.to_json(), title=name)
        watched = screen("train", train_show="Watch", job=f"{name} #0000000{number}")
        assert f"copy_0000000{number}" not in [button.key for button in watched.button]
        (way,) = [one.proto for one in watched.get("page_link") if one.proto.label == "Edit a copy"]
        assert way.page.endswith(name)
        query = parse_qs(way.query_string)
        assert query.items() >= {"temperature": {"view": ["grid"]}, "methods": {"part": ["compare"]}}[name].items()
        page = screen(name, **query)
        assert not page.exception
        assert spec(page) == asked


@pytest.mark.parametrize(("name", "key"), [("temperature", "grid_copy"), ("methods", "comparison_copy")])
def test_what_a_page_shows_is_copied_into_its_form(filed, screen, lab, name, key):
    form, asked, _ = FORMS[name]
    write = {"temperature": lambda: grid_experiment(GridSpec.of(asked))}.get(
        name, lambda: comparison_experiment(MethodComparison.of(asked))
    )
    filed("00000001", JobState.STOPPED, specification=lab.plan(write()).experiment.to_json(), title="Mine")
    tab, value = TABS[name]
    page = screen(name, **{tab: value}, **({"grid": "Mine #00000001"} if name == "temperature" else {}))
    page.button(key=key).click().run()
    assert not page.exception
    assert "A copy of **Mine** is in the form." in [one.value for one in page.info]
    assert spec(page) == asked
    page.number_input(key=form.key(("budget", "updates"))).set_value(9).run()
    assert spec(page)["budget"]["updates"] == 9
