"""Loading what training needs leaves the process that hosts it as it is."""

import gc

from distill_core.jobs.torch_import import after_torch_import, import_torch


def test_loading_freezes_nothing_and_calls_each_waiting_action_once() -> None:
    before, calls = gc.get_freeze_count(), list[int]()
    import_torch()
    assert gc.get_freeze_count() <= before  # what was frozen may go
    after_torch_import(lambda: calls.append(1))
    import_torch()
    assert calls == [1]
