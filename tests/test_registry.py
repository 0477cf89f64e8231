"""Registries: a miss helps, a duplicate raises and leaves nothing behind."""

from dataclasses import dataclass

import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.methods import METHODS
from distill_core.registry import Registry


@dataclass(frozen=True)
class Way:
    name: str


def ways(*names: str) -> Registry[Way]:
    registry: Registry[Way] = Registry("method")
    registry.add(*map(Way, names))
    return registry


def test_entries_come_in_the_order_they_were_added() -> None:
    registry = ways("kd", "dkd", "dist")
    assert registry.names() == ("kd", "dkd", "dist")
    assert [way.name for way in registry] == ["kd", "dkd", "dist"]
    assert len(registry) == 3
    assert registry.get("dkd") == Way("dkd")


def test_a_miss_names_the_known_and_the_nearest() -> None:
    with pytest.raises(UnknownName) as error:
        ways("kd", "dkd", "dist").get("kdd")
    assert str(error.value) == "no method named 'kdd'; known: kd, dkd, dist. Did you mean 'kd'?"


def test_a_miss_without_a_neighbour_guesses_nothing() -> None:
    with pytest.raises(UnknownName) as error:
        ways("kd").get("zebra")
    assert str(error.value) == "no method named 'zebra'; known: kd."


def test_a_miss_in_an_empty_registry_says_so() -> None:
    with pytest.raises(UnknownName, match=r"no method named 'kd'; known: none\."):
        ways().get("kd")


def test_a_duplicate_is_refused_and_nothing_of_the_call_is_kept() -> None:
    registry = ways("kd")
    with pytest.raises(InvalidSetting, match="a method named 'kd' exists already; choose another name"):
        registry.add(Way("new"), Way("kd"))
    assert registry.names() == ("kd",)


def test_a_duplicate_within_one_call_is_refused() -> None:
    registry = ways()
    with pytest.raises(InvalidSetting):
        registry.add(Way("kd"), Way("kd"))
    assert len(registry) == 0


def test_membership_is_by_name() -> None:
    registry = ways("kd")
    assert "kd" in registry
    assert Way("kd") not in registry


def test_methods_that_stored_runs_name_stay_and_keep_their_order() -> None:
    known = (
        "labels",
        "label_smoothing",
        "kd",
        "logit_regression",
        "dkd",
        "dist",
        "nkd",
        "standardized_kd",
        "wsld",
        "mlkd",
        "ofa",
        "teacher_free",
        *("rkd", "pkt", "sp", "irg", "fitnet", "at", "vid", "reviewkd", "srrl", "crd"),
        "simkd",
        "ctkd",
        "mutual",
        "patient",
    )
    assert tuple(name for name in METHODS.names() if name in known) == known
