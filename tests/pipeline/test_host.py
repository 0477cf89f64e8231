"""Loading what training needs leaves the process that hosts it as it is."""

import gc

from distill_core.pipeline import after_loading, load_libraries


def test_loading_freezes_nothing_and_tells_who_waits_once() -> None:
    before, calls = gc.get_freeze_count(), list[int]()
    load_libraries()
    assert gc.get_freeze_count() <= before  # what was frozen may go
    after_loading(lambda: calls.append(1))
    load_libraries()
    assert calls == [1]
