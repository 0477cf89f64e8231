"""A store in a folder of its own."""

import pytest


@pytest.fixture(autouse=True)
def _no_other_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISTILL_DATABASE_URL", raising=False)
