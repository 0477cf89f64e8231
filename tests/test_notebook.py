"""The README's snippet for notebooks, as it stands there, and the networks that it hands out."""

import functools
import re
from pathlib import Path
from typing import Any

import pytest

from distill_core.errors import InvalidSetting, NotFound
from distill_core.lab import Lab
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER

ROOT = Path(__file__).resolve().parent.parent


def test_the_snippet_works_as_it_stands_in_the_readme(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## From a notebook\n")[2]
    snippet = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert snippet
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    told: dict[str, Any] = {}
    exec(snippet[1], told)
    assert told["job"].state == "finished"
    assert list(told["summary"]["role"]) == ["teacher", "control", "student", "student"]
    network = told["network"]
    assert not network.training
    assert {str(tensor.dtype) for tensor in network.parameters()} == {"torch.float32"}
    # A right answer more or less: scores may come from a training in fewer bits.
    assert told["accuracy"] == pytest.approx(told["best"]["test_accuracy"], abs=0.02)


def test_a_run_without_a_network_is_refused(tmp_path: Path) -> None:
    unpack("27610a0", tmp_path)
    lab = Lab.open(tmp_path)
    try:
        runs = lab.reports.results(["7f177f90ddf842d2"])
        rounded = runs.loc[runs["file"] == "int8", "run_id"].iloc[0]
        with pytest.raises(InvalidSetting, match=r"expected one with weights, got a file in int8.*lab\.reports\.artif"):
            lab.network(rounded)
        with pytest.raises(NotFound, match="0123abcd"):
            lab.network("0123abcd")
    finally:
        lab.close()
