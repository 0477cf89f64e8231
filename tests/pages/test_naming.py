"""Names, tags and notes are edited where an experiment stands; a copy of it goes into the form, and a deletion is
undone."""

from distill_core.store import JobState
from distill_core.templates.presets import default_experiment
from tests.quick import experiment


def texts(page) -> str:
    return "\n".join(str(part.value) for part in (*page.markdown, *page.caption, *page.info))


def test_a_name_is_edited_on_home_and_shown_everywhere(filed, screen, lab):
    filed("00000001", JobState.STOPPED, title="1 student")
    page = screen("home")
    page.button(key="name_line_00000001").click().run()
    page.text_input(key="named_00000001").set_value("Für *Montag*")
    page.text_area(key="noted_00000001").set_value("one\ntwo")
    page.multiselect(key="tagged_00000001").set_value(["paper"])
    page.button(key="name_line_00000001").click()
    page.button(key="save_name_00000001").click().run()
    assert not page.exception
    job = lab.job("00000001")
    assert (job.title, job.tags, job.note) == ("Für *Montag*", ("paper",), "one\ntwo")
    assert r"**Für \*Montag\***" in texts(screen("home"))
    watched = screen("train", train_show="Watch")
    assert watched.selectbox(key="job").value == "Für *Montag* #00000001"
    for told in (":gray-badge[paper]", "one  \ntwo", "1 student"):
        assert told in texts(watched)


def test_a_name_that_is_taken_is_told_with_one_that_is_free(filed, screen, lab):
    for job_id in ("00000001", "00000002"):
        filed(job_id, JobState.STOPPED, fingerprint=job_id)
    lab.naming.rename("00000001", name="Mine")
    page = screen("home")
    page.button(key="name_line_00000002").click().run()
    page.text_input(key="named_00000002").set_value("Mine")
    page.button(key="name_line_00000002").click().run()
    assert "Another experiment is called so too; Mine 2 is free." in texts(page)


def test_a_name_that_hides_something_is_refused(filed, screen, lab):
    filed("00000001", JobState.STOPPED)
    page = screen("home")
    page.button(key="name_line_00000001").click().run()
    page.text_input(key="named_00000001").set_value("a\u202eb")
    page.button(key="name_line_00000001").click()
    page.button(key="save_name_00000001").click().run()
    assert not page.exception
    assert "characters that can be seen" in str(page.warning[0].value)
    assert lab.job("00000001").name == ""


def test_a_copy_of_an_experiment_is_in_the_form(filed, screen, lab):
    filed("00000001", JobState.STOPPED, specification=experiment(updates=7).to_json(), title="Seven")
    page = screen("train", train_show="Watch")
    page.button(key="copy_00000001").click().run()
    assert not page.exception
    assert page.session_state["train_show"] == "Set up"
    assert "A copy of **Seven** is in the form." in texts(page)
    assert page.number_input(key="train_budget_updates").value == 7
    assert page.selectbox(key="train_task").value == "digits"


def test_what_the_form_has_no_place_for_is_told(filed, screen, lab):
    made = default_experiment().model_copy(update={"data_seed": 3})
    filed("00000001", JobState.STOPPED, specification=made.to_json(), title="Three")
    page = screen("train", train_show="Watch")
    page.button(key="copy_00000001").click().run()
    assert "A copy of **Three** is in the form." in texts(page)


def test_a_deleted_experiment_is_brought_back(filed, screen, lab):
    filed("00000001", JobState.STOPPED, title="Gone")
    lab.naming.rename("00000001", tags=["x"])
    page = screen("home")
    page.button(key="delete_00000001").click().run()
    assert not page.exception
    assert lab.jobs() == ()
    assert "**Gone** was deleted." in texts(page)
    page.button(key="undo_delete").click().run()
    assert not page.exception
    assert [(job.id, job.tags) for job in lab.jobs()] == [("00000001", ("x",))]
    assert "was deleted" not in texts(page)
