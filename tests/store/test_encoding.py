"""Numbers that standard JSON does not know."""

import json
import math

import pytest

from distill_core.store.encoding import decode, encode


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def test_nan_and_infinity_come_back_and_are_standard_json_meanwhile() -> None:
    value = {"loss": [math.inf, -math.inf, math.nan, 0.1], "more": ({"a": math.inf},), "text": "nan"}
    text = encode(value)
    json.loads(text, parse_constant=refuse)
    back = decode(text)
    assert back["loss"][:2] == [math.inf, -math.inf]
    assert math.isnan(back["loss"][2])
    assert (back["loss"][3], back["more"], back["text"]) == (0.1, [{"a": math.inf}], "nan")


@pytest.mark.parametrize("value", [{}, [], {"a": None, "b": [True, 1, "x", 1e-300]}, {"not finite": 1, "b": 2}])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert decode(encode(value)) == value


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        encode({"a": object()})
