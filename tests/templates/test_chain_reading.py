"""A chain is read back from what it writes; what no chain writes is none."""

import json
from collections.abc import Iterator

import pytest

from distill_core.lab import Lab
from distill_core.spec import Experiment, Optimiser
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import (
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
    default_chain,
)
from distill_core.templates.presets import default_experiment
from ui.screens.compress.presets import presets

DEFAULT = default_chain()
CHAINS = {preset.name: preset.chain for preset in presets()} | {
    "few labels": DEFAULT.model_copy(update={"labels": 500, "transfer": "labelled", "seeds": 3, "controls": False}),
    "of its own": CompressionChain(
        start=Network(architecture="plain_cnn", width=0.5),
        links=(TrainingStage(temperature=2.0), CompressionStage(step="round"), TrainingStage(method="labels", after=1)),
        optimiser=Optimiser(learning_rate=0.05),
    ),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    opened = Lab.open(tmp_path_factory.mktemp("chains"))
    yield opened
    opened.close()


def whole(lab: Lab, chain: CompressionChain) -> Experiment:
    return lab.plan(lab.catalog.chain_experiment(chain)).experiment


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_a_chain_comes_back_from_what_it_writes(lab: Lab, chain: CompressionChain) -> None:
    written = whole(lab, chain)
    found = lab.catalog.chain_spec(written)
    assert found is not None
    assert whole(lab, found) == written
    assert (found.start, found.optimiser, found.seeds) == (chain.start, chain.optimiser, chain.seeds)
    assert [link.after for link in found.links] == [
        None if link.after == place else link.after for place, link in enumerate(chain.links)
    ]


def test_a_chain_of_scenes_trains_as_u_nets_need_it(lab: Lab) -> None:
    default = TASKS.get("scenes").default
    start, links = Network(architecture="unet_small", width=0.5), (TrainingStage(), CompressionStage(step="int8"))
    chain = CompressionChain(task="scenes", teacher=default.teacher, start=start, links=links, controls=False)
    written = whole(lab, chain)
    assert written.optimiser == default.optimiser
    assert lab.catalog.chain_spec(written) is not None


def test_a_chain_comes_back_whatever_its_steps_were_called(lab: Lab) -> None:
    """One is stored under the names that it had, also where the title of a step is another one since."""
    written = whole(lab, DEFAULT)
    names = [student.name for student in written.students]
    text = written.to_json()
    for place, name in enumerate(names):
        text = text.replace(json.dumps(name), json.dumps(f"{place}. former title"))
    former = Experiment.from_json(text)
    assert [student.name for student in former.students] != names
    found = lab.catalog.chain_spec(former)
    assert found is not None
    assert whole(lab, found) == written


def test_what_no_chain_writes_is_none(lab: Lab) -> None:
    written = whole(lab, DEFAULT)
    values = written.model_dump()
    first, *rest = values["students"]
    assert lab.catalog.chain_spec(lab.plan(default_experiment()).experiment) is None
    for change in ({"views": 4}, {"students": [{**first, "transfer": "labelled", "seeds": [0, 3]}, *rest]}):
        assert lab.catalog.chain_spec(Experiment.of({**values, **change})) is None
    gone = {"kind": "run", "run": "0123456789abcdef"}
    assert lab.catalog.chain_spec(Experiment.of({**values, "teacher": gone})) is None
