"""Robustness and a knowledge graph: facts that are missing or wrong, as they ship and as they are trained here."""

import pytest

from distill_core.spec import Budget
from tests.pages.visiting import compared
from ui.screens.robustness import facts


@pytest.fixture
def trained(lab):
    return compared(lab, "medicine", teacher="complex", width=0.5)


def opened(screen, job, facet="corruptions"):
    page = screen("robustness", job=job.id, facet=facet)
    assert ([*page.exception], [*page.error], [*page.warning]) == ([], [], [])
    return page


def said(page) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info)).replace("\u00a0", " ")


def short(make):
    """The experiments that ``make`` gives, with one seed and two updates."""

    def made(*given, **more):
        return {
            share: one.model_copy(
                update={
                    "budget": Budget(updates=2, batch_size=8),
                    "students": tuple(student.model_copy(update={"seeds": (0,)}) for student in one.students),
                }
            )
            for share, one in make(*given, **more).items()
        }

    return made


def test_what_ships_answers_at_the_first_visit(screen, trained):
    page = opened(screen, trained)
    assert len(page.get("plotly_chart")) == 2
    text = said(page)
    assert "With 95 % of the facts missing the control has **31.3 % ± 1.4**, instead of 82.9 % with all." in text
    assert "With 40 % of the facts wrong the control has **20.8 % ± 4.6**, instead of 58.1 % with true ones." in text
    assert "Where no fact is missing **KD, same questions** gains" in text
    assert "the N3 weight that suits its control best on validation" in text
    assert {one.key for one in page.button} >= {"facts_train_missing", "facts_train_wrong"}
    assert len(opened(screen, trained, "few_labels").get("plotly_chart")) == 1
    for facet in ("gallery", "attacks", "calibration"):
        assert "there is nothing in it to disturb" in said(opened(screen, trained, facet))


def test_a_click_files_what_is_not_trained_here_and_both_are_then_shown(screen, lab, trained, monkeypatch):
    monkeypatch.setattr(facts, "wrong_facts", short(facts.wrong_facts))
    before = {job.id for job in lab.jobs()}
    page = opened(screen, trained).button(key="facts_train_wrong").click().run()
    filed = [job.id for job in lab.jobs() if job.id not in before]
    assert len(filed) == 3
    assert "facts_train_wrong" not in {one.key for one in page.button}
    assert all(lab.wait(job_id, 120).state == "finished" for job_id in filed)
    page = opened(screen, trained)
    # Those here are not what ships, so they are shown where they are whole.
    assert len(page.get("plotly_chart")) == 3
    assert "**Trained here**" in said(page)
