"""The one picker on every page: it finds, filters and turns pages, and what is chosen there is what the page shows."""

import pytest

from distill_core.store import JobState
from distill_core.templates.method_comparison import is_method_comparison
from tests.quick import experiment, student

PAGES = {
    "benchmark": "job",
    "compare": "experiments",
    "methods": "job",
    "playground": "job",
    "robustness": "job",
    "train": "job",
}


def many(filed, count: int) -> None:
    for number in range(count):
        filed(f"{number:08x}", JobState.FINISHED, title=f"Old comparison {number}", fingerprint=f"{number}")


def found(page) -> list[str]:
    return [button.label for button in page.button if str(button.key).startswith("found_")]


def shown(page, key: str) -> str:
    value = page.session_state[key]
    return value if isinstance(value, str) else " ".join(value)


@pytest.fixture
def opened(screen):
    def open_page(name: str):
        more = {"train": {"train_show": "Watch"}, "methods": {"part": "Explore a method"}}
        return screen(name, **more.get(name, {}))

    return open_page


@pytest.mark.parametrize("name", PAGES)
def test_each_page_finds_an_experiment_that_its_list_lacks(name, filed, opened, lab):
    many(filed, 52)
    lab.naming.rename("00000000", name="The *first* one", tags=["workshop"])
    page, key = opened(name), PAGES[name]
    assert not page.exception
    page.button(key=f"find_{key}").click().run()
    assert found(page)[0] == "Old comparison 51"
    page.text_input(key="find_words").set_value("WORKSHOP one")
    page.button(key=f"find_{key}").click().run()
    assert found(page) == [r"The \*first\* one"]
    page.button(key=f"find_{key}").click()
    page.button(key="found_00000000").click().run()
    assert not page.exception
    assert "The *first* one #00000000" in shown(page, key)


def test_results_come_in_pages_and_by_filters(filed, opened, lab):
    many(filed, 9)
    made = experiment(student("S", method="dkd"))
    filed("a" * 8, JobState.STOPPED, title="Another", specification=made.to_json())
    page = opened("train")
    again = page.button(key="find_job")
    again.click().run()
    assert (len(found(page)), page.button(key="find_newer").disabled) == (8, True)
    page.button(key="find_older").click()
    page.button(key="find_job").click().run()
    assert not page.exception
    for key, chosen in (("find_method", "dkd"), ("find_state", "stopped"), ("find_task", "digits")):
        page.button(key="find_job").click().run()
        page.selectbox(key=key).set_value(chosen)
        page.button(key="find_job").click().run()
        expected = ["Another"] if key != "find_task" else ["Another", *(f"Old comparison {n}" for n in range(8, 1, -1))]
        assert found(page)[:8] == expected, key
        page.selectbox(key=key).set_value(None).run()


def test_what_was_renamed_is_called_so_wherever_it_was_chosen(filed, screen, lab):
    many(filed, 2)
    page = screen("train", train_show="Watch", job="Old comparison 0 #00000000")
    lab.naming.rename("00000000", name="Mine")
    page.run()
    assert page.selectbox(key="job").value == "Mine #00000000"
    again = screen("train", train_show="Watch", job="Old comparison 0 #00000000").run()
    assert not again.exception
    assert again.selectbox(key="job").value == "Mine #00000000"


def test_a_list_of_one_kind_finds_no_other(filed, screen, lab):
    many(filed, 1)
    page = screen("compress")
    assert not page.exception
    assert [button.key for button in page.button if str(button.key).startswith("find_")] == []
    assert lab.jobs(fits=is_method_comparison) == ()


@pytest.mark.usefixtures("example")
def test_examples_that_differ_in_a_voice_are_listed_once_with_the_voice_beside_them(screen, lab):
    page = screen("robustness")
    picker = page.selectbox(key="job")
    assert [title for title in picker.options if "voice" in title] == [
        "Example: Spoken digits by one voice",
        "Example: Spoken digits, a new voice",
    ]
    assert not [box for box in page.selectbox if box.key == "job_member"]
    page = screen("robustness", job="Example: Spoken digits, new voice: Theo")
    theo = page.session_state["job"]
    assert page.selectbox(key="job_member").value == "Theo"
    assert len([title for title in page.selectbox(key="job").options if "voice" in title]) == 2
    page.selectbox(key="job_member").set_value("Lucas").run()
    assert not page.exception
    assert page.session_state["job"] != theo
    shown = next(job for job in lab.jobs(limit=50) if page.session_state["job"].endswith(job.id))
    assert lab.tasks.get(shown.experiment.task).member == "Lucas"
    assert page.selectbox(key="job_member").value == "Lucas"
