"""Texts of the engine are kept in English with their templates beside them; rows that have none read as before."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from distill_core.errors import InvalidSetting, Names, Said, said
from distill_core.store import JobState, Store, tables
from distill_core.store.database import reading, writing
from tests.store.records import a_job, a_measurement, a_run

pytestmark = pytest.mark.anywhere

WHY = InvalidSetting(said("step {place}", 2), expected=said("{low:g} or more", 0.5), got=0.25, hint="choose one").text
LOUD = said("{reasons:; }", Names([said("the host took {share:.0f} % of the processors", 12.0)]))


def filled(store: Store) -> None:
    store.add_job(a_job(owner=store.lab_id), [])
    store.save_run(a_run(state="failed", message=WHY, scores={}), curves=[], files={})
    store.link_run("a", a_run().id, position=0, student="KD on all", role="student")
    store.add_measurements([a_measurement(disturbed=LOUD)])
    store.set_job_state("a", JobState.FAILED, error=WHY)


def texts(store: Store) -> list[str | None]:
    (linked,), (taken,), run = store.runs(["a"]), store.measurements(), store.run(a_run().id)
    return [store.job("a").error, store.jobs()[0].error, run.message, linked.run.message, taken.disturbed]


def test_a_failed_job_a_failed_run_and_a_disturbed_measurement_keep_their_templates(store: Store) -> None:
    filled(store)
    assert texts(store) == [WHY] * 4 + [LOUD]
    for text, kept in zip(texts(store), [WHY] * 4 + [LOUD], strict=True):
        assert isinstance(text, Said)
        assert (text.template, text.places) == (kept.template, kept.places)
    with reading(store._pools) as connection:
        plain = connection.execute(tables.jobs.select()).one()
    assert plain.error == "step 2: expected 0.5 or more, got 0.25; choose one"


@pytest.mark.parametrize("beside", [None, "no object", {"template": "{x.__class__}", "places": {"x": "a"}}])
def test_a_row_of_before_and_one_that_says_another_thing_read_in_english(store: Store, beside: object) -> None:
    filled(store)
    with writing(store._pools) as connection:
        connection.execute(update(tables.jobs).values(error_said=beside))
        connection.execute(update(tables.runs).values(message_said=beside))
        connection.execute(update(tables.measurements).values(disturbed_said=beside))
    assert texts(store) == [str(WHY)] * 4 + [str(LOUD)]
    assert {type(text) for text in texts(store)} == {str}


def test_a_text_that_was_changed_by_hand_is_read_as_it_stands(store: Store) -> None:
    filled(store)
    with writing(store._pools) as connection:
        connection.execute(update(tables.jobs).values(error="something else"))
    assert type(store.job("a").error) is str


def test_a_run_that_is_made_again_has_no_template_of_the_last_time(store: Store) -> None:
    filled(store)
    again = replace(a_run(), state="failed", message="it diverged", scores={})
    store.save_run(again, curves=[], files={})
    assert store.run(again.id).message == "it diverged"
