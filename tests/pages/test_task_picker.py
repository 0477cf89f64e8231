"""Tasks that differ in one thing alone stand once in a picker, and beside it what they differ in."""

import pytest

from distill_core.store import JobState
from distill_core.tasks.sound.spoken_digits import new_voice
from tests.quick import experiment
from ui.forms import packed

GROUP, OTHER = "Spoken digits, a new voice", "Spoken digits by one voice"
GEORGE, THEO = new_voice("george"), new_voice("theo")
VOICES = ["George", "Jackson", "Lucas", "Nicolas", "Theo", "Yweweler"]


@pytest.mark.parametrize(
    ("name", "key", "asked"),
    [
        ("train", "train_task", {}),
        ("compress", "compression_task", {}),
        ("methods", "new_comparison_task", {"part": "Compare methods"}),
    ],
)
def test_a_form_has_a_group_once_and_beside_it_its_voices(screen, name, key, asked):
    page = screen(name, **asked)
    shown = page.selectbox(key=key).options
    assert [title for title in shown if title.startswith("Spoken digits")] == ["Spoken digits", GROUP, OTHER]
    assert not [one for one in page.selectbox if one.key == f"{key}_member"]
    page.selectbox(key=key).select(GEORGE).run()
    assert (page.selectbox(key=f"{key}_member").label, page.selectbox(key=f"{key}_member").options) == ("Voice", VOICES)
    page.selectbox(key=f"{key}_member").select(THEO).run()
    assert not page.exception
    assert (page.selectbox(key=key).value, page.selectbox(key=key).options) == (THEO, shown)
    page.selectbox(key=key).select("digits").run()
    assert (page.selectbox(key=key).value, page.selectbox(key=key).options) == ("digits", shown)


def test_the_address_of_a_form_says_the_voice_by_its_id(screen):
    page = screen("train")
    page.selectbox(key="train_task").select(GEORGE).run()
    page.selectbox(key="train_task_member").select(THEO).run()
    said = page.session_state["train"]
    assert (said["task"], said["teacher"]["name"]) == (THEO, f"{THEO}_cnn")
    again = screen("train", spec=packed.pack({name: said[name] for name in ("task", "teacher", "students")}))
    assert again.selectbox(key="train_task_member").value == THEO


def test_the_answers_of_a_voice_are_chosen_in_two_steps(screen):
    page = screen("temperature", task_seen=THEO)
    assert (page.selectbox(key="task_seen").value, page.selectbox(key="task_seen_member").value) == (THEO, THEO)
    page.selectbox(key="task_seen_member").select(GEORGE).run()
    assert (page.selectbox(key="task_seen").value, page.selectbox(key="task_seen_member").value) == (GEORGE, GEORGE)
    page.selectbox(key="task_seen").select("digits").run()
    assert not page.exception
    assert page.selectbox(key="task_seen").value == "digits"


@pytest.fixture
def voices(filed):
    for number, (title, task) in enumerate((("George", GEORGE), ("Theo", THEO), ("digits", "digits"))):
        made = experiment().model_copy(update={"task": task})
        filed(f"{number}" * 8, JobState.FINISHED, title=title, specification=made.to_json())


def test_experiments_of_a_group_are_found_together_and_voice_by_voice(voices, screen):
    page = screen("train", train_show="Watch")
    page.button(key="find_job").click().run()
    for chosen, found in (({"find_task": GEORGE}, ["Theo", "George"]), ({"find_member": THEO}, ["Theo"])):
        page.button(key="find_job").click().run()
        for key, value in chosen.items():
            page.selectbox(key=key).set_value(value)
        page.button(key="find_job").click().run()
        assert [one.label for one in page.button if str(one.key).startswith("found_")] == found
