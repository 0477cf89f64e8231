"""Errors: one family, each also what Python calls such a thing, and each readable as it is."""

import pickle

import pytest

from distill_core import errors
from distill_core.errors import DistillError, InvalidSetting, StorageFailed, UnknownName, explain

BUILT_INS = {
    "InvalidSetting": ValueError,
    "UnknownName": LookupError,
    "NotFound": LookupError,
    "MissingData": FileNotFoundError,
    "CorruptFile": OSError,
    "StorageFailed": OSError,
    "TrainingDiverged": ArithmeticError,
    "ExportMismatch": RuntimeError,
    "Stopped": Exception,
}


def test_every_error_of_the_house_is_listed_here() -> None:
    classes = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, DistillError)}
    assert set(BUILT_INS) == classes - {"DistillError"}


@pytest.mark.parametrize(("name", "built_in"), BUILT_INS.items())
def test_each_is_of_the_family_and_a_built_in_with_its_text(name: str, built_in: type[Exception]) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, DistillError)
    assert issubclass(kind, built_in)
    assert str(kind("the words")) == "the words"


def test_an_operating_system_error_keeps_its_text_when_it_is_handed_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(StorageFailed("no room")))
    assert (type(copy), str(copy)) == (StorageFailed, "no room")


def test_a_lookup_error_is_not_shown_in_quotes() -> None:
    # A bare KeyError shows its text with repr(), which doubles quotes and hides line ends.
    assert str(UnknownName("no 'x'")) == "no 'x'"


def test_explain_says_what_was_wanted_what_came_and_what_to_do() -> None:
    text = explain("temperature", expected="more than 0", got=0, hint="choose 4")
    assert text == "temperature: expected more than 0, got 0; choose 4"


def test_explain_calls_an_empty_answer_nothing() -> None:
    assert explain("name", expected="a name", got="", hint="type one") == "name: expected a name, got nothing; type one"


def test_a_stop_is_no_failure_of_a_setting() -> None:
    assert not issubclass(errors.Stopped, InvalidSetting | OSError)
