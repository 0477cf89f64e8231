"""Links to Compress from before its address held a specification."""

import pytest

from distill_core.lab import Lab
from distill_core.templates.compression_chain import CompressionChain, default_chain
from ui.screens.compress.draft import plain
from ui.screens.compress.links import GONE
from ui.screens.compress.old_links import OLD

TRAINED = {"kind": "train", "architecture": "resnet14"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    opened = Lab.open(tmp_path_factory.mktemp("links"))
    yield opened
    opened.close()


def read(lab, **old):
    assert all(map(OLD.is_one, old))
    return OLD.read(lab, {key: [text] for key, text in old.items()}, plain(default_chain()))


def test_nothing_says_the_default(lab):
    assert read(lab) == plain(default_chain())
    assert not any(map(OLD.is_one, ("c_mode", "goal_kb", "chain", "spec", "c8_kind", "compress_show")))


def test_all_that_the_old_form_had_is_read(lab):
    found = read(
        lab,
        **{"c_task": "digits", "c_teacher": "train:resnet14", "c_sees": "labelled", "c_seeds": "3", "c_labels": "500"},
        **{"c_updates": "77", "c_batch": "64", "c_random": "false", "c_links": "6", "c_start": "a network of its own"},
        **{"c_net": "plain_cnn", "c_width": "0.5", "c_stem": "2", "c0_width": "0.5", "c1_method": "labels"},
        **{
            "c2_prune_keep": "0.3",
            "c2_prune_target": "parameters",
            "c3_T": "7.3",
            "c3_alpha": "0.5",
            "c3_int8": "true",
        },
        **{"c3_after": "link 1", "c4_kind": "slice", "c4_after": "the start", "c5_kind": "Tucker decomposition"},
    )
    assert {name: found[name] for name in ("task", "teacher", "transfer", "seeds", "labels", "controls")} == {
        **{"task": "digits", "teacher": found["teacher"], "transfer": "labelled", "seeds": 3, "labels": 500},
        "controls": False,
    }
    assert found["teacher"].items() >= TRAINED.items()
    assert found["budget"] == {"updates": 77, "batch_size": 64}
    assert found["start"] == {"architecture": "plain_cnn", "width": 0.5, "stem_stride": 2}
    assert found["links"][:5] == [
        {"step": "slice", "architecture": "resnet14", "width": 0.5},
        {"method": "labels"},
        {"step": "prune", "parameters": {"keep": 0.3, "multiple": 16.0}, "choices": {"target": "parameters"}},
        {"temperature": 7.3, "alpha": 0.5, "int8_aware": True, "after": 1},
        {"step": "slice", "architecture": "resnet14", "width": 1.0, "after": 0},
    ]
    assert CompressionChain.of(found).links[5].method == "kd"  # no step is called so


def test_titles_are_read_too(lab):
    found = read(
        lab, c_task="Handwritten digits", c0_net="ResNet-8", c1_method="Decoupled distillation", c3_kind="Prune"
    )
    assert found["links"][0]["architecture"] == "resnet8"
    assert found["links"][1]["method"] == "dkd"


@pytest.mark.parametrize(("text", "after"), [("link 9", 9), ("link 2, which is gone", GONE), ("step 1", 1)])
def test_a_network_that_is_not_there_is_taken_all_the_same(lab, text, after):
    assert read(lab, c3_after=text)["links"][3]["after"] == after


@pytest.mark.parametrize(
    "bad",
    [
        *({"c_links": "99"}, {"c_links": "0"}, {"c_links": "1e999"}, {"c_seeds": "9" * 400}, {"c_updates": "-3"}),
        *({"c0_kind": "x"}, {"c0_kind": "fresh"}, {"c_start": "x"}, {"c_net": "resnet9"}, {"c_random": "maybe"}),
        *({"c1_T": "700"}, {"c1_T": "nan"}, {"c1_alpha": "2"}, {"c1_method": "magic"}, {"c2_prune_keep": "7"}),
        *({"c2_prune_multiple": "2.5"}, {"c2_prune_target": "x"}, {"c2_keep": "0.5"}, {"c0_width": "Infinity"}),
        *({"c0_after": "the one before"}, {"c1_after": "x"}, {"c_task": "none"}, {"c_teacher": "run:../etc"}),
        {"c4_int8_way": "true"},
    ],
    ids=str,
)
def test_what_no_field_took_is_left_out(lab, bad):
    assert read(lab, **bad) == plain(default_chain())
