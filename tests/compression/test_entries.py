"""What a step says about itself, and which settings are refused; none of it needs torch."""

import re
import subprocess
import sys

import pytest

from distill_core.compression import FAMILIES, STEPS, CompressionStep, Settings, resolve_settings
from distill_core.errors import InvalidSetting, UnknownName
from distill_core.spec import Change

NAMES = ("slice", "tucker", "separable", "prune", "sparsify", "int8", "float16", "round", "fresh")


def settled(step: str, choices: dict[str, str] | None = None, **parameters: float) -> Settings:
    return resolve_settings(STEPS.get(step), Change(step=step, parameters=parameters, choices=choices or {}))


def test_steps_that_stored_runs_name_stay_and_keep_their_order() -> None:
    assert tuple(name for name in STEPS.names() if name in NAMES) == NAMES


def test_listing_and_settling_cost_no_torch() -> None:
    code = (
        "import sys; from distill_core.compression import STEPS, resolve_settings;"
        "from distill_core.spec import Change;"
        "[resolve_settings(step, Change(step=step.name)) for step in STEPS];"
        "print([name for name in ('torch', 'tensorly', 'torch_pruning', 'scipy') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_an_entry_describes_itself(step: CompressionStep) -> None:
    assert step.title
    assert step.family in FAMILIES
    assert re.fullmatch(r"\d{4}\.\d{4,5}", step.paper) or step.source
    assert re.fullmatch(r"[A-Z][^.]+\.", step.teaches), "one sentence"
    parameters, choices = step.parameters.values(), step.choices.values()
    assert all(one.help.endswith(".") for one in (*parameters, *choices))
    assert all(one.low <= one.default <= one.high for one in parameters)
    assert all(len(set(one.options)) == len(one.options) > 1 for one in choices)
    assert all(one.only[1] in step.choices[one.only[0]].options for one in parameters if one.only)
    assert (step.apply is None) == (step.file in ("int8", "float16"))


def test_titles_differ() -> None:
    assert len({step.title for step in STEPS}) == len(STEPS)


def test_defaults_are_filled_in_and_what_is_not_used_is_not_there() -> None:
    assert settled("slice") == Settings()
    assert settled("tucker") == Settings(parameters={"keep": 0.5}, choices={"by": "macs"})
    assert settled("tucker", {"by": "energy"}) == Settings(parameters={"energy": 0.8}, choices={"by": "energy"})
    assert settled("prune", keep=0.3) == Settings(
        parameters={"keep": 0.3, "multiple": 8.0}, choices={"importance": "magnitude", "target": "macs"}
    )
    assert settled("int8", {"way": "dynamic"}).parameters == {}
    images = STEPS.get("int8").parameters["images"]
    assert images.is_used({"way": "static", "scales": "per tensor"})
    assert not images.is_used({"way": "dynamic", "scales": "per tensor"})
    assert settled("int8").choices == {"way": "static", "scales": "per channel"}


@pytest.mark.parametrize(
    ("step", "choices", "parameters", "message"),
    [
        ("prune", {}, {"keep": 1.0}, "keep: expected 0.05 to 0.95, got 1; choose a value in that range"),
        ("prune", {}, {"multiple": 0.0}, "multiple: expected 1 to 32, got 0"),
        ("prune", {}, {"keep": 0.0}, "keep: expected 0.05 to 0.95, got 0"),
        ("tucker", {}, {"keep": 1.0}, "keep: expected 0.05 to 0.95, got 1"),
        ("tucker", {"by": "energy"}, {"energy": 0.0}, "energy: expected 0.1 to 1, got 0"),
        ("separable", {}, {"rank": 0.0}, "parameters: expected those of 'separable': keep, energy, got rank"),
        (
            "separable",
            {},
            {"energy": 0.5},
            "energy: expected nothing: it belongs to by 'energy', got 0.5; leave it out",
        ),
        ("round", {}, {"decimals": 0.0}, "decimals: expected 1 to 3, got 0"),
        ("round", {}, {"decimals": 1.5}, "decimals: expected a whole number, got 1.5"),
        ("sparsify", {}, {"zeros": 1.0}, "zeros: expected 0.05 to 0.99, got 1"),
        ("slice", {}, {"keep": 0.5}, "parameters: expected those of 'slice': none, got keep"),
        ("prune", {"importance": "luck"}, {}, "importance: expected one of magnitude, taylor, got 'luck'"),
        ("prune", {"by": "macs"}, {}, "choices: expected those of 'prune': importance, target, got by"),
        ("int8", {}, {"images": 0.0}, "images: expected 16 to 2000, got 0"),
        ("int8", {"way": "dynamic"}, {"images": 64.0}, "images: expected nothing: it belongs to way 'static', got 64"),
    ],
)
def test_what_cannot_work_is_refused(
    step: str, choices: dict[str, str], parameters: dict[str, float], message: str
) -> None:
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        settled(step, choices, **parameters)


def test_an_unknown_name_hints_at_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'tucker'"):
        STEPS.get("tuker")
