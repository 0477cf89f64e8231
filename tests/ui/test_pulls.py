"""Sentences about what pulls."""

import pandas as pd

from ui.charts import gradient_balance


def told(ratio: float, cosine: float) -> str:
    rows = [
        {"student": "a", "update": update, "kind": kind, "value": value if update > 4 else 1.0}
        for update in (1, 4, 8)
        for kind, value in (("ratio", ratio), ("cosine", cosine), ("pull of hard", 1.0))
    ]
    (sentence,) = gradient_balance.sentences(pd.DataFrame(rows))
    return sentence


def test_a_weight_that_drowns_the_other_part_is_named() -> None:
    assert told(23.4, 0.5) == (
        "**a**: the soft loss has 23 times the gradient of the hard loss, which hardly counts here, mostly in the same "
        "direction (cosine 0.50)."
    )
    assert "the hard loss has 20 times the gradient of the soft loss, which hardly counts here" in told(0.05, 0.0)


def test_a_balance_is_told_with_its_direction() -> None:
    assert told(2.0, -0.4) == (
        "**a**: the soft loss has 2.0 times the gradient of the hard loss, in opposite directions (cosine -0.40)."
    )
    assert "the hard loss has 4.0 times the gradient of the soft loss, about at right angles" in told(0.25, 0.1)


def test_who_hears_one_side_alone_is_not_spoken_of() -> None:
    alone = pd.DataFrame([{"student": "a", "update": 1, "kind": "pull of hard", "value": 1.0}])
    assert list(gradient_balance.sentences(alone)) == []
