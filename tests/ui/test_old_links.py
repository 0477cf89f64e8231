"""Links from before an address held a specification: to Train, and to the forms of a grid and of a comparison."""

import pytest

from distill_core.lab import Lab
from distill_core.templates.grid import GridSpec
from distill_core.templates.method_comparison import MethodComparison
from distill_core.templates.presets import default_experiment
from ui.forms.old_links import with_prefix
from ui.forms.plain import plain
from ui.screens.train.old_links import KEYS, ROW, specification

DIGITS = {"task": "digits", "teacher": "train:resnet14"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    opened = Lab.open(tmp_path_factory.mktemp("links"))
    yield opened
    opened.close()


def read(lab, **old):
    assert all(key in KEYS or ROW.fullmatch(key) for key in old)
    return specification(lab, old, plain(default_experiment()))


def test_nothing_says_the_default(lab):
    assert read(lab) == plain(default_experiment())


def test_all_that_the_old_form_had_is_read(lab):
    found = read(
        lab,
        **DIGITS,
        **{"students": "3", "updates": "77", "train_batch": "64", "lr": "0.01", "decay": "0.001", "momentum": "0.5"},
        **{"warmup": "0.2", "views": "4", "mode": "consistent", "data_seed": "7", "train_precision": "float32"},
        **{"s0_name": "77", "s0_net": "plain_cnn", "s0_width": "0.5", "s0_T": "7.3", "s0_alpha": "0.5", "s0_stem": "1"},
        **{"s0_labels": "all", "s0_std": "true", "s0_never": "8", "s0_seeds": "3", "s0_plus": "dkd"},
        **{
            "s0_plus_weight": "2",
            "s1_method": "rkd",
            "s1_p_weight": "3.5",
            "s1_by": "student 1",
            "s1_sees": "labelled",
        },
        **{"s2_method": "label_smoothing", "s2_p_epsilon": "0.2", "s2_labels": "many"},
    )
    assert found["teacher"]["architecture"] == "resnet14"
    del found["teacher"]
    common = {"architecture": "resnet8", "stem_stride": 2, "labels": 500}
    first = {
        "name": "77",
        "architecture": "plain_cnn",
        "width": 0.5,
        "temperature": 7.3,
        "alpha": 0.5,
        "stem_stride": 1,
    }
    first |= {"labels": None, "standardize": True, "missing_class": "8", "seeds": [0, 1, 2]}
    assert found == {
        "task": "digits",
        "students": [
            first | {"also": [{"method": "dkd", "weight": 2.0}]},
            {
                **common,
                **{"name": "KD, all images", "method": "rkd", "parameters": {"weight": 3.5}},
                **{"taught_by": "77", "transfer": "labelled"},
            },
            {
                **common,
                "name": "Student 3",
                "method": "label_smoothing",
                "parameters": {"epsilon": 0.2},
                "labels": "many",
            },
        ],
        "budget": {"updates": 77, "batch_size": 64},
        "optimiser": {"learning_rate": 0.01, "weight_decay": 0.001, "momentum": 0.5, "warmup_fraction": 0.2},
        **{"views": 4, "mode": "consistent", "data_seed": 7, "precision": "float32"},
    }


@pytest.mark.parametrize(
    "bad",
    [
        *({"students": "99"}, {"s0_T": "700"}, {"s0_T": "nan"}, {"s0_T": "warm"}, {"s0_net": "resnet9"}),
        *({"updates": "-3"}, {"students": "inf"}, {"lr": "1e999"}, {"s0_seeds": "9" * 400}, {"s0_p_x": "3"}),
        *({"s0_name": "x" * 65}, {"s0_stem": "3"}, {"s0_stem": "true"}, {"task": "none"}, {"mode": "odd"}),
        *(
            {"s0_by": "the teacher"},
            {"s0_by": "9" * 5000},
            {"s0_plus": "nothing"},
            {"s0_plus_weight": "2"},
            {"teacher": "run:../etc"},
        ),
    ],
    ids=str,
)
def test_what_no_field_took_is_left_out(lab, bad):
    assert read(lab, **bad) == plain(default_experiment())


@pytest.mark.parametrize("field", ["students", "s0_seeds", "s0_by", "s0_labels", "s0_p_weight", "updates"])
def test_a_number_that_python_refuses_to_read_ends_nothing(lab, field):
    assert read(lab, **{field: "9" * 5000})["task"] == default_experiment().task


TEMPLATES = {"g": GridSpec(), "r": MethodComparison(methods=("dkd",))}


def of_template(lab, prefix, **old):
    usual = TEMPLATES[prefix]
    links = with_prefix(prefix, type(usual))
    texts = {f"{prefix}_{name}": [text] if isinstance(text, str) else text for name, text in old.items()}
    assert all(map(links.is_one, texts))
    changed = links.read(lab, texts, usual.model_dump(mode="json"))
    return {name: value for name, value in changed.items() if value != usual.model_dump(mode="json")[name]}


@pytest.mark.parametrize("prefix", TEMPLATES)
def test_all_that_the_form_of_a_template_had_is_read(lab, prefix):
    old = {"task": "digits", "teacher": "train:resnet14", "net": "Plain CNN", "stem": "1", "labels": "all"}
    old |= {"sees": "all", "seeds": "2", "updates": "77", "batch": "64", "width": "0.5"}
    own = {"g": {"method": "dkd", "T": ["4.0", "7.3"], "alphas": ["0.5"]}, "r": {"methods": ["at", "FitNet"]}}
    found = of_template(lab, prefix, **old, **own[prefix])
    assert found.pop("teacher")["architecture"] == "resnet14"
    assert found == {
        **{"task": "digits", "architecture": "plain_cnn", "width": 0.5, "stem_stride": 1, "labels": None},
        **{"transfer": "all", "seeds": 2, "budget": {"updates": 77, "batch_size": 64}},
        **{
            "g": {"method": "dkd", "temperatures": [4.0, 7.3], "alphas": [0.5]},
            "r": {"methods": ["at", "fitnet"]},
        }[prefix],
    }


@pytest.mark.parametrize(
    ("prefix", "bad"),
    [
        *(("g", {"T": ["700"]}), ("g", {"T": ["nan", "4"]}), ("g", {"alphas": [""]}), ("g", {"net": "resnet9"})),
        *(("g", {"seeds": "-3"}), ("g", {"updates": "9" * 5000}), ("g", {"stem": "true"}), ("g", {"task": "none"})),
        *(("r", {"methods": ["magic"]}), ("r", {"seeds": "6"}), ("r", {"batch": "1e999"}), ("r", {"sees": "none"})),
        ("r", {"teacher": "run:../etc"}),
    ],
    ids=str,
)
def test_what_the_form_of_a_template_would_not_take_is_left_out(lab, prefix, bad):
    assert of_template(lab, prefix, **bad) == {}


def test_a_network_gets_a_shape_that_it_has_and_a_task_its_teacher(lab):
    assert of_template(lab, "r", net="vit_small", stem="2") == {"architecture": "vit_small", "stem_stride": 1}
    assert of_template(lab, "g", task="digits")["teacher"]["kind"] == "train"
