"""Homes with more experiments and networks than a list shows, and one whose database was taken away."""

import pytest

from distill_core.store import JobSearch, JobState
from tests.quick import experiment, student


def many(filed, count: int) -> None:
    for number in range(count):
        filed(f"{number:08x}", JobState.FINISHED, title=f"Old comparison {number}", fingerprint=f"{number}")


def test_home_lists_a_few_experiments_and_more_when_asked(screen, filed):
    many(filed, 9)
    page = screen("home")
    assert [button.key for button in page.button if str(button.key).startswith("delete_")].count("delete_00000008") == 1
    assert "delete_00000000" not in [button.key for button in page.button]
    page.button(key="home_older").click().run()
    assert not page.exception
    assert "delete_00000000" in [button.key for button in page.button]
    assert "home_older" not in [button.key for button in page.button]


@pytest.mark.parametrize(("written", "found"), [("COMPARISON 3 old", "00000003"), ("00000004", "00000004")])
def test_an_experiment_is_found_by_words_of_its_title_or_its_number(lab, filed, written, found):
    from ui.jobs import pick

    many(filed, 12)
    assert pick.find(lab, written).id == found
    assert lab.jobs(limit=2, search=JobSearch(words="comparison 1"))[0].title == "Old comparison 11"
    assert lab.jobs(search=JobSearch(words="100 %")) == ()


def test_an_older_experiment_can_be_compared_by_its_title(trained, lab, filed, screen, monkeypatch):
    monkeypatch.setattr("ui.screens.compare.filters.LATEST", 1)
    specification = experiment(student("new")).to_json()
    filed("abcd0001", JobState.QUEUED, title="New", specification=specification)
    page = screen("compare", experiments="2 students plain")
    assert not page.exception
    assert "is not here" not in " ".join(str(one.proto) for one in page.info)
    assert page.get("plotly_chart")


def test_a_network_that_the_picker_no_longer_lists_is_found_by_its_number(trained, lab, screen, monkeypatch):
    listed = lab.reports.prediction_sources("digits")
    old = next(one for one in listed if one.role == "student")
    others = tuple(one for one in listed if one.key != old.key)
    monkeypatch.setattr(lab.reports, "prediction_sources", lambda task: others)
    asked, answers = [], lab.reports.predictions
    monkeypatch.setattr(lab.reports, "predictions", lambda key: asked.append(key) or answers(key))
    number = old.key.rpartition(":")[2]
    page = screen("temperature", task_seen="digits", student_seen=f"whatever it is called #{number}")
    assert not page.exception
    assert old.key in asked
    assert number in str(page.selectbox(key="student_seen").value)


@pytest.mark.parametrize("name", ["home", "compare"])
def test_a_database_that_was_taken_away_is_told(trained, lab, home, screen, name):
    """SQLite goes on in the removed file; the pages say so, and do not send anybody to free the disk."""
    (home / "lab.sqlite").rename(home / "away")
    page = screen(name)
    assert not page.exception
    told = " ".join(str(one.value) for one in page.warning)
    assert "put the right one back, and start the lab again" in told
    assert "free some room" not in told
    assert not (home / "lab.sqlite").exists()
    (home / "away").rename(home / "lab.sqlite")
    assert not screen(name).warning
