"""Pages draw a home that the lab of commit 27610a0 wrote."""

from pathlib import Path

import pytest

from distill_core.lab import Lab
from tests.homes.unpack import unpack
from tests.pages.conftest import Open

TABS = ("Curves", "Confusion", "Classes", "All measures", "Disagreements", "Downloads")


@pytest.fixture
def home(home: Path) -> Path:
    unpack("27610a0", home)
    return home


@pytest.mark.parametrize("tab", TABS)
def test_compare_draws_every_tab(lab: Lab, screen: Open, tab: str) -> None:
    comparison = lab.jobs()[-1]
    page = screen("compare", experiments=f"#{comparison.id}", details=tab)
    assert not page.exception
    charts = [chart.proto.alt for chart in page.get("plotly_chart")]
    assert charts[0].startswith("Size of the ONNX file and test accuracy: ")
    assert len(page.dataframe[0].value) == 4
    assert all("not kept" not in button.label for button in page.button)


def test_compress_draws_the_chain(lab: Lab, screen: Open) -> None:
    page = screen("compress", chain=f"#{lab.jobs()[1].id}")
    assert not page.exception
    first = page.get("plotly_chart")[0].proto.alt
    assert "1. Prune channels 17.8 % (11.0 kB, " in first
    assert "2. 8-bit integers 79.2 % (9.1 kB, " in first


@pytest.mark.parametrize("name", ["home", "robustness", "benchmark", "playground", "methods", "temperature", "train"])
def test_every_other_page_is_drawn(lab: Lab, screen: Open, name: str) -> None:
    assert not screen(name).exception
