"""Pages and a task of scenes: it is trained like any other, and what is for one label an example says so."""

import re

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS
from distill_core.spec import Budget, CorruptionSpec, TrainedTeacher
from distill_core.store import JobState
from distill_core.tasks import TASKS
from distill_core.templates import task_presets
from distill_core.templates.compression_chain import CompressionChain, CompressionStage, Network, TrainingStage
from distill_core.templates.grid import GridSpec, grid_experiment
from distill_core.templates.method_comparison import MethodComparison, comparison_experiment
from tests.pages.visiting import compared_in, visit
from tests.scenes import SCENES, TASK, few
from ui.screens.methods import choose
from ui.screens.temperature import grid_form, pixels
from ui.screens.temperature.explore import LOOKS


@pytest.fixture(scope="module")
def compared_once(tmp_path_factory):
    return compared_in(tmp_path_factory.mktemp("scenes"), TASK, teacher="unet_small", width=0.5, before=few)


@pytest.fixture
def trained(lab, compared_once, monkeypatch):
    few(lab, monkeypatch)
    return lab.job(compared_once.job_id)


def test_every_page_shows_what_it_can_of_scenes(screen, trained):
    shown = {
        ("compare", ""): {},
        ("compare", "Confusion"): {"details": "Confusion"},
        ("compare", "Classes"): {"details": "Classes"},
        ("compare", "Disagreements"): {"details": "Disagreements"},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("compress", ""): {},
        ("methods", ""): {"part": "Explore a method"},
        **{("temperature", look): {"task_seen": TASK, "look": look} for look in LOOKS},
        ("robustness", "Calibration"): {"facet": "Calibration"},
    }
    visit(screen, trained, shown=shown, refused={}, told="This part shows one answer")


def test_compare_shows_iou_by_class_and_pixels_beside_the_mean(screen, lab, trained):
    rows = lab.reports.summary(trained.id)
    assert (rows["right_positions"] > 0).all()
    counts = lab.reports.confusion(rows["run_ids"].iloc[0][0])
    assert counts.sum() == SCENES * 48 * 48
    assert rows["right_positions"].iloc[0] == pytest.approx(counts.trace() / counts.sum())
    assert rows["agreement"].iloc[1:].notna().all()
    page = screen("compare", job=trained.id, details="Classes")
    assert "Pixel accuracy (%)" in page.dataframe[0].value
    assert len(page.get("plotly_chart")) == 3
    text = "\n".join(one.value for one in page.caption)
    assert "Mean IoU is the mean of these" in text
    page = screen("compare", job=trained.id, details="Confusion")
    assert "percent of a class's pixels, 100 % a row" in "\n".join(one.value for one in page.caption)


def test_robustness_of_scenes_is_counted_by_mean_iou_and_shown_in_all_its_tabs(screen, lab, trained):
    runs = list(lab.reports.results([trained.id])["run_id"])
    lab.robustness.test(runs, images=SCENES, attacks=("fgsm",), eps=(2.0,))
    ended = lab.robustness.wait(120)
    assert (ended.finished, ended.error) == (True, None)
    clean = lab.robustness.scores(runs).query("disturbance == 'clean'").set_index("run_id")["accuracy"]
    scored = lab.reports.results([trained.id]).set_index("run_id")["test_accuracy"]
    assert clean.to_dict() == pytest.approx(scored.to_dict(), abs=1e-3), "the file's masks are those of the network"
    texts = {}
    for facet in ("Corruptions", "Gallery", "Attacks", "Calibration", "Few labels", "Adapt"):
        page = screen("robustness", job=trained.id, facet=facet)
        assert (facet, [*page.exception], [*page.error], [*page.warning]) == (facet, [], [], [])
        texts[facet] = "\n".join(one.value for one in (*page.markdown, *page.caption, *page.info))
        assert "accuracies" not in texts[facet]
    assert "**Mean IoU on corrupted scenes**" in texts["Corruptions"]
    assert "**Mean IoU under rising severity**" in texts["Corruptions"]
    assert "From clean scenes to severity 5, on average over the corruptions, mean IoU changes" in texts["Corruptions"]
    assert "Zoom blur and Elastic stretching are left out: they move what a scene shows" in texts["Corruptions"]
    assert "An error is here what the mean IoU lacks of 100 %." in texts["Corruptions"]
    assert "Test scene 0. From left to right: the scene, its labels" in texts["Gallery"]
    assert "**FGSM** at eps 2/255 leaves" in texts["Attacks"]
    assert "over all pixels" in texts["Calibration"]
    assert "No curve over the number of labels of Scenes, 6 classes is here" in texts["Few labels"]
    assert "the new scenes have no labels" in texts["Adapt"]


def test_a_student_adapts_to_a_corruption_of_scenes(screen, lab, trained):
    wanted = lab.catalog.adaptation_experiment(
        trained.id, "KD, all scenes", CorruptionSpec(corruption="scene_fog", severity=3)
    )
    job = lab.wait(lab.submit(wanted), 120)
    assert (job.state, job.error) == ("finished", None)
    runs = list(lab.reports.results([job.id])["run_id"])
    lab.robustness.test(runs, images=SCENES, corruptions=("scene_fog",), attacks=())
    lab.robustness.wait(60)
    page = screen("robustness", job=job.id, facet="Adapt")
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    text = "\n".join(one.value for one in (*page.markdown, *page.caption, *page.info))
    assert "On **clean scenes** KD, all scenes had" in text
    assert "Its control run, which trained equally long on clean scenes" in text
    moved = CorruptionSpec(corruption="elastic", severity=3)
    with pytest.raises(InvalidSetting, match="scene of 'KD, all scenes, adapted to"):
        lab.plan(lab.catalog.adaptation_experiment(trained.id, "KD, all scenes", moved))


def test_a_pipeline_of_scenes_prunes_trains_with_rounding_and_ends_in_8_bits_by_mean_iou(screen, lab, trained):
    spec = CompressionChain(
        task=TASK,
        teacher=trained.experiment.teacher,
        start=Network(architecture="unet_small"),
        links=(
            TrainingStage(),
            CompressionStage(step="prune", parameters={"keep": 0.5, "multiple": 4.0}),
            TrainingStage(temperature=1.0, int8_aware=True),
            CompressionStage(step="int8", parameters={"images": 16.0}),
        ),
        labels=8,
        budget=Budget(updates=8, batch_size=8),
    )
    job = lab.wait(lab.submit(lab.catalog.chain_experiment(spec)), 200)
    assert (job.state, job.error) == ("finished", None)
    rows = lab.reports.results([job.id]).set_index("student")
    assert set(rows["state"]) == {"finished"}, rows["message"].tolist()
    assert set(rows["metric"]) == {"mean_iou"}
    assert rows.loc["2. Prune channels", "macs"] < 0.55 * rows.loc["1. Knowledge distillation", "macs"]
    assert rows.loc["4. 8-bit integers", "file"] == "int8"
    page = screen("compress", chain=f"#{job.id[:8]}")
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    assert page.get("plotly_chart")
    text = "\n".join(str(one.value) for one in (*page.markdown, *page.caption, *page.subheader))
    assert "ccuracy" not in text
    assert "mean IoU" in text


def test_curves_of_scenes_are_trained_and_drawn_by_mean_iou(screen, lab, trained, monkeypatch):
    monkeypatch.setattr(task_presets, "LABEL_COUNTS", (6, 12, None))
    task, teacher = lab.tasks.get(TASK), trained.experiment.teacher
    short = {"budget": Budget(updates=4, batch_size=8), "views": 1}
    for whole in (task_presets.task_label_curve(task, teacher), task_presets.task_width_curve(task, teacher)):
        students = tuple(student.model_copy(update={"seeds": (0,)}) for student in whole.students)
        job = lab.wait(lab.submit(whole.model_copy(update={**short, "students": students})), 200)
        assert (job.state, job.error) == ("finished", None)
    studies = [study for study in lab.reports.sweeps() if study.experiment.task == TASK]
    assert {study.curve.over: len(study.curve.places) for study in studies} == {"labels": 3, "width": 3}
    page = screen("robustness", job=trained.id, facet="Few labels")
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    assert len(page.get("plotly_chart")) == 1
    text = "\n".join(one.value for one in (*page.markdown, *page.caption, *page.info))
    assert "**KD, all scenes** with 6 labels" in text
    assert "what the teacher says about one scene" in text


def test_a_form_of_images_turns_into_the_comparison_of_scenes(screen):
    page = screen("train", task="fashion_mnist_small")
    page.selectbox(key="train_task").select(TASK).run()
    assert not page.exception
    assert page.number_input(key="train_budget_updates").value == TASKS.get(TASK).default.budget.updates
    assert not page.button(key="train_start").disabled


EMBEDDINGS = (
    "Left out: Relational distillation, Probabilistic transfer, Instance-relation graph, Softmax regression, "
    "Contrastive, within the batch and SimKD. They compare embeddings of whole scenes, which networks for dense "
    "prediction do not have."
)


@pytest.mark.parametrize(
    ("task", "offered", "told"),
    [
        (TASK, {"cwd", "skd", "fitnet"}, EMBEDDINGS),
        (
            "fashion_mnist_small",
            {"rkd", "simkd", "fitnet"},
            "Left out: Channel-wise distillation and Structured distillation, pairwise. They compare positions, and "
            "images have one label each.",
        ),
    ],
)
def test_forms_offer_the_methods_that_are_defined_and_say_why_not_the_others(screen, task, offered, told):
    page = screen("train", task="fashion_mnist_small")
    page.selectbox(key="train_task").select(task).run()
    page.button(key="train_edit_0").click().run()
    assert not page.exception
    titles = {METHODS.get(name).title for name in offered}
    asked = {METHODS.get(name).title for name in ("cwd", "skd", "fitnet", "rkd", "simkd")}
    (methods,) = (box for box in page.selectbox if box.label == "Method")
    assert asked & set(methods.options) == titles
    assert told in [one.value for one in page.caption]
    page = screen("methods", part="all", defined_for=task)
    assert asked & set(page.dataframe[0].value["Method"]) == titles
    assert told in [one.value for one in page.caption]


def test_a_method_says_for_which_kinds_it_is_defined(screen):
    said = {}
    for family, method in (("features", "simkd"), ("logits", "cwd")):
        page = screen("methods", part="explore", family=family, **{f"of_{family}": method})
        assert not page.exception
        said[method] = "\n".join(one.value for one in page.markdown)
    assert "Not for scenes: their networks have no embedding of a whole scene." in said["simkd"]
    assert "Defined for scenes." in said["cwd"]
    (others,) = re.findall(r"Not for (.+): they have one label each, and no positions to compare\.", said["cwd"])
    assert {"images", "recordings", "texts"} <= set(re.split(", | and ", others))
    assert "scenes" not in others


PICTURES = {
    "kd": "at 40 positions of test scenes",
    "dkd": "positions of test scenes",
    "nkd": "positions of test scenes",
    "cwd": "see each class",
    "at": "Where they look",
    "skd": "Which stages are compared",
    "fitnet": "Which stages are compared",
    "label_smoothing": "positions of test scenes",
    "sp": "Similarity-preserving compares whole scenes",
    "dist": "compares whole scenes",
    "rkd": "Not for scenes: their networks have no embedding of a whole scene. Choose an experiment of images",
}


def test_methods_draw_scenes_or_say_why_not(screen, trained):
    for name, told in PICTURES.items():
        family = choose.family(METHODS.get(name))
        key = f"of_{family.replace(' ', '_')}"
        page = screen("methods", part="explore", family=family, **{key: name})
        assert not page.exception
        said = [one.value for kind in ("markdown", "caption", "info") for one in page.get(kind)]
        assert any(told in one for one in said), (name, said)


def test_a_pixel_of_a_scene_is_explored_by_its_place(screen, trained, lab):
    page = screen("temperature", task_seen=TASK, image="3", pixel_row="5", pixel_column="30", T="1")
    assert not page.exception
    assert [page.number_input(key=key).value for key in ("image", "pixel_row", "pixel_column")] == [3, 5, 30]
    assert any("at test pixel (5, 30) of scene 3, classes in the order" in one.value for one in page.caption)
    said = "\n".join(one.value for one in page.markdown).replace("\xa0", " ")
    assert "Over the 2,304 pixels of this scene the teacher's answers hold" in said
    rows = lab.reports.results([trained.id])
    teacher = lab.reports.predictions(f"run:{rows[rows['role'] == 'teacher']['run_id'].iloc[0]}")
    softened = np.exp(teacher.test_logits_NC[3, :, 5, 30].astype(float))
    first = TASKS.get(TASK).classes[softened.argmax()]
    assert f"The teacher puts **{first}** first" in said
    assert f"{100 * softened.max() / softened.sum():.1f} % at T = 1" in said
    assert pixels.flat(teacher.test_logits_NC)[3 * 48 * 48 + 5 * 48 + 30].tolist() == (
        teacher.test_logits_NC[3, :, 5, 30].tolist()
    )


def test_a_place_outside_of_a_scene_shows_one_inside(screen, trained):
    page = screen("temperature", task_seen=TASK, image="4000", pixel_row="99", pixel_column="-3")
    assert not page.exception
    found = [page.number_input(key=key).value for key in ("image", "pixel_row", "pixel_column")]
    assert all(0 <= value < most for value, most in zip(found, (28, 48, 48), strict=True))


def test_the_class_of_a_pixel_colours_the_scene(screen, trained):
    page = screen("temperature", task_seen=TASK, look="gradient", pixel_map="first")
    assert not page.exception
    assert page.number_input(key="image").value == 0


def test_a_grid_of_scenes_is_trained_and_coloured_by_mean_iou(screen, lab, monkeypatch):
    few(lab, monkeypatch)
    teacher = TrainedTeacher(architecture="unet_small", width=0.5, budget=Budget(updates=2, batch_size=4))
    shape = {
        "architecture": "unet_small",
        "width": 0.5,
        "stem_stride": 1,
        "labels": 8,
        "temperatures": (1, 4),
        "alphas": (0.5, 1.0),
    }
    short = {"seeds": 1, "budget": {"updates": 2, "batch_size": 4}}
    spec = GridSpec.of({"task": TASK, "teacher": teacher.model_dump(), **shape, **short})
    wanted = grid_experiment(spec, lab.tasks)
    assert (wanted.mode, wanted.optimiser.algorithm) == ("consistent", "adamw")
    job = lab.wait(lab.submit(wanted), 120)
    assert (job.state, job.error) == ("finished", None)
    study = next(study for study in lab.reports.sweeps() if study.job_id == job.id)
    said = {}
    for metric in ("accuracy", "agreement", "ECE", "NLL"):
        page = screen("temperature", view="grid", grid=grid_form.label(study), metric=metric, T="1", alpha="0.5")
        assert (metric, [*page.exception], [*page.error], [*page.warning]) == (metric, [], [], [])
        said[metric] = "\n".join(one.value for one in page.markdown)
    assert "Best validation mean IoU: **T " in said["accuracy"]
    assert "Fewer than three seeds do not show how much is chance" in said["accuracy"]
    assert "Best agreement with the teacher" in said["agreement"]
    for panel in ("curves", "confusion", "classes"):
        page = screen("temperature", view="grid", grid=grid_form.label(study), panel=panel, T="1", alpha="0.5")
        assert (panel, [*page.exception], [*page.error], [*page.warning]) == (panel, [], [], [])
    page = screen("temperature", view="grid", grid=grid_form.label(study))
    assert "mean IoU" in next(one for one in page.get("button_group") if one.key == "metric").options


def test_methods_are_compared_on_scenes(screen, lab, monkeypatch):
    few(lab, monkeypatch)
    teacher = TrainedTeacher(architecture="unet_small", width=0.5, budget=Budget(updates=2, batch_size=4))
    shape = {"architecture": "unet_small", "width": 0.5, "stem_stride": 1, "labels": 8, "seeds": 1}
    short = {"methods": ("cwd", "skd"), "budget": {"updates": 2, "batch_size": 4}}
    spec = MethodComparison.of({"task": TASK, "teacher": teacher.model_dump(), **shape, **short})
    job = lab.wait(lab.submit(comparison_experiment(spec, lab.tasks)), 120)
    assert (job.state, job.error, job.experiment.mode) == ("finished", None, "consistent")
    page = screen("methods", part="compare")
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    text = "\n".join(one.value for one in (*page.markdown, *page.caption))
    assert "Channel-wise distillation" in text
    assert "accuracy" not in text.casefold()


def test_a_step_of_compress_offers_the_methods_for_one_label_an_example(screen):
    page = screen("compress")
    next(one for one in page.button if re.fullmatch(r"compression_edit_1(_\d+)?", one.key or "")).click().run()
    assert not page.exception
    methods = next(box for box in page.selectbox if re.fullmatch(r"compression_links_1_method(_\d+)?", box.key or ""))
    assert METHODS.get("rkd").title in methods.options
    assert not {METHODS.get("cwd").title, METHODS.get("skd").title} & set(methods.options)
    assert any(one.value.startswith("Left out: Channel-wise distillation and Structured") for one in page.caption)


def words_of(page):
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.metric]
    told = [f"{getattr(part, 'label', '')} {part.value} {getattr(part, 'help', '')}" for part in parts]
    return "\n".join([*told, *(button.label for button in page.button)])


def test_an_empty_home_speaks_of_scenes(screen):
    page = screen("home", home_task=TASK)
    assert not page.exception
    assert "30 labelled scenes" in words_of(page)
    assert "image" not in words_of(page).replace("same images", "")


@pytest.mark.parametrize(("name", "where"), [("home", {}), ("train", {"train_show": "watch"})])
def test_before_the_first_look_a_running_one_speaks_of_mean_iou(filed, screen, lab, name, where):
    filed("a1", JobState.RUNNING, specification=lab.plan(TASKS.get(TASK).default).experiment.to_json())
    page = screen(name, **where)
    assert not page.exception
    assert "Validation mean IoU" in words_of(page)
    assert "Mean IoU on the validation set at the last check" in words_of(page)
    assert "accuracy" not in words_of(page).lower().replace("see accuracy, size and latency", "")


@pytest.mark.parametrize(("name", "where"), [("home", {}), ("train", {"train_show": "watch"}), ("playground", {})])
def test_a_failed_one_says_why_or_what_is_missing(filed, screen, lab, name, where):
    plan = lab.plan(TASKS.get(TASK).default)
    filed("a1", JobState.FAILED, specification=plan.experiment.to_json(), error="the disk is full; make room")
    page = screen(name, **where)
    assert not page.exception
    assert ("The disk is full; make room." if name != "playground" else "No network of this") in words_of(page)


def test_a_finished_one_speaks_of_mean_iou_on_test_scenes(trained, screen):
    page = screen("home")
    assert not page.exception
    assert f"mean IoU on {SCENES} test scenes" in words_of(page)
    assert "test images" not in words_of(page)
