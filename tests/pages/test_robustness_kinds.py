"""Robustness of networks of sound and of text: the test, its charts and numbers, and what was done to an example."""

import pytest

from distill_core.errors import InvalidSetting
from distill_core.robustness.corruptions import corruptions_of
from distill_core.tasks import TASKS
from tests.pages.visiting import compared

ENDED_SECONDS = 120


def said(page) -> str:
    found = "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info))
    return found.replace("\u00a0", " ")


def tried(lab, task: str, teacher: str, width: float, **asked):
    """A finished comparison whose networks were tested."""
    job = compared(lab, task, teacher=teacher, width=width)
    lab.robustness.test(list(lab.reports.results([job.id])["run_id"]), **asked)
    ended = lab.robustness.wait(ENDED_SECONDS)
    assert (ended.finished, ended.error) == (True, None)
    return job


def opened(screen, job, facet: str, **where):
    page = screen("robustness", job=job.id, facet=facet, **where)
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    return page


def test_sound_is_corrupted_attacked_and_shown(screen, lab):
    job = tried(lab, "speakers", "sequence_cnn", 0.25, images=300, attacks=("fgsm",), eps=(0.05, 0.1, 0.2, 0.4))
    entries = corruptions_of(TASKS.get("speakers"))
    page = opened(screen, job, "Corruptions")
    assert not [one for one in page.button if one.key == "test"]
    assert len(page.get("plotly_chart")) == 4
    errors = lab.robustness.corruption_error(job.id)
    assert len(page.metric) == len(errors)
    text = said(page)
    assert "**Accuracy on corrupted recordings**" in text
    assert "Accuracy, mean over 9 corruptions at five severities, on all 300 test recordings." in text
    assert "From clean recordings to severity 5" in text
    assert "recordings ship as features, not as waves: level and microphone are exact" in text
    assert " image" not in text
    page = opened(screen, job, "Gallery", g_image="3", g_severity="5")
    assert len(page.get("image")) == 1 + len(entries)
    assert "Test recording 3 is of the class" in said(page)
    page = opened(screen, job, "Attacks")
    assert len(page.get("plotly_chart")) == 2
    assert "**FGSM** at an eps of 0.4 standard deviations leaves the teacher" in said(page)
    assert [one for one in page.button if one.key == "attack"]  # PGD was not asked for
    assert len(opened(screen, job, "Calibration").get("plotly_chart")) == 2
    with pytest.raises(InvalidSetting, match="corruptions of speakers: expected white_noise, "):
        lab.robustness.test([errors["run_ids"][0][0]], corruptions=("fog",))


def test_text_is_corrupted_and_shown_and_the_page_says_why_it_is_not_attacked(screen, lab):
    job = tried(lab, "languages", "byte_cnn", 1.0, images=500)
    page = opened(screen, job, "Corruptions")
    assert len(page.get("plotly_chart")) == 4
    text = said(page)
    assert "**Accuracy on corrupted texts**" in text
    assert "Accuracy, mean over 9 corruptions at five severities, on the first 500 of 2,027 test texts." in text
    assert "every text stays valid UTF-8" in text
    assert " image" not in text
    page = opened(screen, job, "Gallery", g_image="3", g_severity="5")
    assert not page.get("image")
    assert "Test text 3 is of the class" in said(page)
    assert ":red[" in said(page)
    page = opened(screen, job, "Attacks")
    assert "between two characters there is nothing" in said(page)
    assert not [one for one in page.button if one.key == "attack"]
