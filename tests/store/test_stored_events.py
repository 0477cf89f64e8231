"""Events of jobs, as other labs on the same store read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.errors import said
from distill_core.events import Progress, RunFailed, TrainPoint
from distill_core.store import Store, stored_events

POINTS = tuple(TrainPoint("KD/0", update, 1.0 / update, {"hard": 0.5}) for update in range(1, 6))


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    opened = Store.open(tmp_path), Store.open(tmp_path)
    yield opened
    for store in opened:
        store.close()


def test_another_lab_reads_them_in_order_and_only_the_new_ones(stores: tuple[Store, Store]) -> None:
    here, there = (store.events for store in stores)
    assert there.after("a1", 0) == ()
    here.add("a1", 0, POINTS[:2])
    here.add("b2", 0, POINTS[4:])
    assert there.after("a1", 0) == POINTS[:2]
    here.add("a1", 2, POINTS[2:])
    assert there.after("a1", 2) == POINTS[2:]
    assert there.after("b2", 0) == POINTS[4:]


def test_a_job_that_goes_on_in_another_lab_tells_all_anew(stores: tuple[Store, Store]) -> None:
    here, there = (store.events for store in stores)
    here.add("a1", 0, POINTS[:3])
    there.add("a1", 0, POINTS[:2])
    there.add("a1", 2, POINTS[2:])
    assert here.after("a1", 0) == POINTS


def test_texts_keep_their_template(stores: tuple[Store, Store]) -> None:
    here, there = (store.events for store in stores)
    failed = RunFailed("KD/0", said("{count} values are not finite", 3))
    here.add("a1", 0, [Progress("Training", 1, 2, 4.5), failed])
    progress, back = there.after("a1", 0)
    assert progress == Progress("Training", 1, 2, 4.5)
    assert back.message.template == "{count} values are not finite"


def test_the_history_is_bounded(stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = (store.events for store in stores)
    monkeypatch.setattr(stored_events, "MOST_EVENTS", 4)
    monkeypatch.setattr(stored_events, "KEPT_JOBS", 2)
    for job in ("a1", "b2", "c3"):
        here.add(job, 0, POINTS[:3])
        here.add(job, 3, POINTS[3:])
    assert there.after("c3", 0) == POINTS[:4]
    assert there.after("b2", 0) == POINTS[:4]
    assert there.after("a1", 0) == ()


def test_what_is_written_makes_no_page_ask_anything_again(stores: tuple[Store, Store]) -> None:
    here, there = stores
    before = here.runs_version(), there.runs_version()
    asked = []
    there._unchanged.ask("question", lambda: asked.append(1))
    here.events.add("a1", 0, POINTS)
    there._unchanged.ask("question", lambda: asked.append(1))
    if here._pools.file is not None:  # on another database nothing is kept anyway
        assert len(asked) == 1
    assert (here.runs_version(), there.runs_version()) == before
