"""What the gradients of the two losses are told to do."""

import pandas as pd
import pytest

from ui.findings import balance
from ui.findings.balance import Balance
from ui.findings.sentences import say


def test_the_second_half_of_a_training_is_told() -> None:
    rows = [
        {"student": "a", "update": update, "kind": kind, "value": value if update > 4 else 1.0}
        for update in (1, 4, 8)
        for kind, value in (("ratio", 23.4), ("cosine", 0.5), ("pull of hard", 1.0))
    ]
    assert balance.found(pd.DataFrame(rows)) == (Balance(student="a", ratio=23.4, cosine=0.5),)


@pytest.mark.parametrize(("ratio", "alone"), [(23.4, True), (0.05, True), (2.0, False), (0.25, False)])
def test_a_weight_that_drowns_the_other_part_is_named(ratio: float, alone: bool) -> None:
    assert ("which hardly counts here" in say(Balance(student="a", ratio=ratio, cosine=0.0))) == alone


def test_who_hears_one_side_alone_is_not_spoken_of() -> None:
    alone = pd.DataFrame([{"student": "a", "update": 1, "kind": "pull of hard", "value": 1.0}])
    assert balance.found(alone) == ()
