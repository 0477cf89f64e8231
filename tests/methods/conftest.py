"""Tests of losses leave the other cores alone."""

import pytest


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""
