"""Which networks are measured, under which name they stand, and how the code for phones asks for the same."""

from types import SimpleNamespace

from ui.networks import exported
from ui.networks.exported import Network
from ui.screens.benchmark import choose, numbers, room

RESNET, PLAIN = ("resnet8", 1.0, 2, 77_754.0), ("plain_cnn", 1.0, 1, 21_594.0)
TITLES = {"resnet8": "ResNet-8", "plain_cnn": "Plain CNN"}


def network(name, role="student", build=RESNET, accuracy=0.8, run_id=None):
    return Network(
        run_id=run_id or name.lower().replace(" ", ""),
        name=name,
        role=role,
        task="digits",
        build=build,
        test_accuracy=accuracy,
    )


BIG = network("Big", "teacher", ("resnet20", 1.0, 1, 272_186.0))
CONTROL = network("control", "control", accuracy=0.9)
KD, KD_ALL, SMALL = network("KD"), network("KD all", accuracy=0.85), network("Small", build=PLAIN)


def test_the_default_is_the_teacher_and_the_best_student_of_each_graph():
    assert choose.default([BIG, CONTROL, KD, KD_ALL, SMALL]) == [BIG, KD_ALL, SMALL]


def test_a_control_stands_for_its_graph_where_no_student_was_finished():
    assert choose.default([BIG, CONTROL]) == [BIG, CONTROL]


def test_a_run_never_measures_more_than_sixty_times():
    many = [network(f"N{number}") for number in range(40)]
    assert len(choose.fitting(many, 3)) == 20
    assert choose.fitting(many, 200) == many[:1]


def test_a_graph_has_the_name_of_its_only_network_else_that_of_the_architecture():
    named = numbers.groups([BIG, KD, CONTROL, SMALL], TITLES)
    assert list(named) == ["Big", "ResNet-8", "Small"]
    assert [one.name for one in named["ResNet-8"]] == ["KD", "control"]


def test_two_graphs_never_share_a_name():
    wide = network("wide", build=("resnet8", 2.0, 2, 300_000.0), run_id="feed01")
    wider = network("wider", build=("resnet8", 2.0, 2, 300_000.0), run_id="feed02")
    named = numbers.groups([KD, CONTROL, wide, wider], TITLES)
    assert list(named) == ["ResNet-8", "ResNet-8 #feed"]


def test_a_student_that_ends_in_its_teachers_head_is_a_graph_of_its_own():
    larger = network("SimKD", build=(*RESNET[:3], 91_322.0))
    assert choose.default([BIG, KD, larger]) == [BIG, KD, larger]


def test_the_colour_of_a_network_does_not_depend_on_the_measured_networks():
    choice = SimpleNamespace(offered=(BIG, CONTROL, KD, KD_ALL), networks=(KD_ALL,))
    all_networks = choose.Choice.all_networks(choice)
    assert exported.looks(all_networks, dark=False)["KD all"] == exported.looks([BIG, KD, KD_ALL], dark=False)["KD all"]


def choice(**changes):
    values = {
        "run_ids": ["aa", "bb"],
        "backends": ("wasm-1", "wasm-n", "webgpu"),
        "batches": (1,),
        "precisions": ("float32",),
    }
    return SimpleNamespace(**{**values, **changes})


def test_the_code_for_phones_says_no_more_than_it_must():
    assert room.query(choice()) == {"runs": ["aa", "bb"], "auto": 1}


def test_the_code_for_phones_asks_for_what_is_chosen():
    chosen = choice(backends=("webgpu",), batches=(1, 8), precisions=("float16",))
    assert room.query(chosen) == {
        "runs": ["aa", "bb"],
        "backend": ["webgpu"],
        "batch": [1, 8],
        "precision": ["float16"],
        "auto": 1,
    }
