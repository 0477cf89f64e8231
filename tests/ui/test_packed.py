"""A specification in an address: what goes in comes out, and nothing else is unpacked."""

import base64
import zlib

import pytest

from distill_core.errors import InvalidSetting
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.templates.presets import PRESETS
from ui.forms import packed
from ui.forms.plain import lean_link, plain, short


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_fits_an_address_and_comes_back(preset):
    address = packed.pack(plain(preset.experiment))
    assert len(address) < 600
    assert address.isascii()
    assert "=" not in address
    # What a method has by itself stands in neither.
    read, meant = (resolve_experiment(one) for one in (Experiment.of(packed.unpack(address)), preset.experiment))
    assert read == meant


def test_an_address_holds_what_differs_from_the_defaults():
    student = {"name": "ä", "architecture": "resnet8", "width": 1.0, "labels": None, "seeds": [0], "alpha": 0.0}
    student |= {"temperature": 4.0, "parameters": {}}  # its method has these by itself
    values = {"task": "t", "teacher": {"kind": "run"}, "students": [student], "budget": {"updates": 480}, "views": 8}
    left = {
        "task": "t",
        "teacher": {"kind": "run"},
        "students": [{"name": "ä", "architecture": "resnet8", "alpha": 0.0}],
    }
    assert short(values) == left
    assert packed.unpack(packed.pack(left)) == left


def test_a_step_holds_what_differs_from_its_kind():
    choices = {"importance": "magnitude", "target": "parameters"}
    assert lean_link({"step": "prune", "parameters": {"keep": 0.5}, "choices": choices}) == {
        "step": "prune",
        "choices": {"target": "parameters"},
    }
    assert lean_link({"method": "kd", "temperature": 4.0, "alpha": 0.5}) == {"alpha": 0.5}
    assert lean_link({"step": "magic", "parameters": {"keep": 0.5}}) == {"step": "magic", "parameters": {"keep": 0.5}}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("x" * 7_501, "at most 7,500 letters, got 7,501"),
        ("ä", "a specification as Copy link writes it"),
        ("a", "a specification as Copy link writes it"),
        ("a b", "a specification as Copy link writes it"),
        (text(b"no zlib"), "a specification as Copy link writes it"),
        (text(zlib.compress(b" " * 5_000_000)), "at most 400,000 bytes, got more"),
        (text(zlib.compress(b"{}" * 99)[:-6]), "a whole specification, got a part of one"),
        (text(zlib.compress(b"{}") + b"more"), "a whole specification, got something after it"),
        (text(zlib.compress(b"{")), "a specification in JSON"),
        (text(zlib.compress(b"\xff")), "a specification in JSON"),
        (text(zlib.compress(b'{"a": 1e999}')), "a specification in JSON"),
        (text(zlib.compress(b"[" * 5000 + b"]" * 5000)), "a specification in JSON"),
        (text(zlib.compress(b"[]")), "a specification, got list"),
    ],
)
def test_what_is_no_specification_is_refused(address, told):
    with pytest.raises(InvalidSetting, match="spec in the address: expected " + told):
        packed.unpack(address)
