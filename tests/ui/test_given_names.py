"""Names that the lab gives itself are shown in the visitor's language; those of visitors as they are."""

import shutil
from pathlib import Path

import pytest

from distill_core.assets import ASSETS, manifests
from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES
from distill_core.templates.compression_chain import CompressionChain, default_chain
from distill_core.templates.given_names import given_names
from tests.ui.bracketed import Bracketed, outside
from ui.charts.frame import letters
from ui.text import words


def test_each_network_of_a_pipeline_and_each_example_has_a_name_with_a_template(example_once: Path, home: Path) -> None:
    shutil.copytree(example_once, home, dirs_exist_ok=True)
    names, lab = given_names(), Lab.open(home)
    own = {"links": [{"method": "kd"}, {"step": "int8"}], "start": {"architecture": "resnet8"}}
    for chain in (default_chain(), CompressionChain.of(own)):
        assert {student.name for student in lab.catalog.chain_experiment(chain).students} <= names.keys()
    assert {job.name for job in lab.jobs(limit=50) if job.name} <= names.keys()
    lab.close()
    shipped = [
        manifest for folder in ("sweeps", "methods", "teachers", "answers") for manifest in manifests(folder, ASSETS)
    ]
    assert {manifest.title for manifest in shipped} <= {*names, *(entry.title for entry in ARCHITECTURES)}
    assert all(str(name) == text for text, name in names.items())


def test_names_of_the_lab_are_translated_and_those_of_visitors_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (
        *("0. Initial network", "2. 8-bit integers", "random weights, labels", "Example: Spoken digits"),
        *("Lesson: Few labels", "ResNet-8, weaker on purpose (Lesson: Few labels)"),
    )
    assert [words.shown(name) for name in ours] == [*ours]
    Bracketed.spoken(monkeypatch)
    for name in ours:
        assert outside(words.plain(name)) == outside(letters(name)) == ""
    assert words.plain("9. 8-bit integers") == "9\\. 8-bit integers"
    assert words.plain("my network") == "my network"
    assert words.plain("my network (of mine)") == "my network (of mine)"
    assert words.shown("mine (Lesson: Few labels)") == "⟦mine (⟦Lesson: Few labels⟧)⟧"
