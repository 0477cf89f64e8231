"""Networks that answer for several positions of an example: rows, and one row an example for methods that say so."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, LossInputs, Method
from distill_core.methods.losses import labelled_cross_entropy
from distill_core.methods.rows import as_rows, one_row_an_example
from distill_core.tasks import IGNORE
from tests.methods.test_methods import PAIR, pair_of, tap

EXAMPLES, POSITIONS, CLASSES = 6, 3, 4


def noise(seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(EXAMPLES, CLASSES, POSITIONS, generator=generator, dtype=torch.float64)


def inputs(method: Method, positions: int = POSITIONS) -> LossInputs:
    pair = pair_of(method.name)
    targets = torch.arange(EXAMPLES * POSITIONS) % CLASSES
    return LossInputs(
        student_BC=as_rows(noise(0)).float(),
        teacher_BC=as_rows(noise(1)).float(),
        targets_B=torch.where(targets == 1, IGNORE, targets),
        progress=0.5,
        positions=positions,
        student_taps=tuple(map(tap, pair.student_taps)),
        teacher_taps=tuple(map(tap, pair.teacher_taps)),
        peers=(as_rows(noise(2)).float(),),
    )


def test_the_rows_of_an_example_stay_together() -> None:
    logits = noise(0)
    rows = as_rows(logits)
    assert rows.shape == (EXAMPLES * POSITIONS, CLASSES)
    assert torch.equal(rows[POSITIONS + 2], logits[1, :, 2])
    assert torch.equal(as_rows(logits[..., None].expand(-1, -1, -1, 2))[::2], rows)
    torch.testing.assert_close(one_row_an_example(rows, POSITIONS), logits.mean(2))


def test_an_answer_an_example_is_left_as_it_is() -> None:
    logits = noise(0)[..., 0]
    assert as_rows(logits) is logits
    assert one_row_an_example(logits, 1) is logits


def test_the_hard_term_is_the_one_that_torch_gives_for_positions_with_void_ones() -> None:
    logits = noise(0)
    targets = torch.arange(EXAMPLES * POSITIONS).reshape(EXAMPLES, POSITIONS) % CLASSES
    targets[::2, 1] = IGNORE
    wanted = cross_entropy(logits, targets, ignore_index=IGNORE)
    torch.testing.assert_close(labelled_cross_entropy(as_rows(logits), targets.flatten()), wanted)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_method_looks_at_whole_examples_exactly_where_it_says_so(method: Method) -> None:
    pair = pair_of(method.name)
    loss = method.build(method.default_settings, pair)
    parts = loss(inputs(method)).parts
    assert all(part.isfinite() for part in parts.values())
    if method.per_example and not method.uses_logits:
        return  # features are one row an example in any case
    if method.name == "srrl":  # compares them with a head's answers, one row an example
        with pytest.raises(InvalidSetting, match="logits: expected two tensors of the same shape"):
            loss(inputs(method, 2 * POSITIONS))
        return
    regrouped = loss(inputs(method, 2 * POSITIONS)).parts
    for name, part in parts.items():
        # CWD's shares of the positions are those of an example.
        moved = method.per_example or method.name == "cwd"
        assert torch.equal(part, regrouped[name]) == (name == "hard" or not moved)


@pytest.mark.parametrize("name", ["dist", "mlkd"])
def test_a_method_on_whole_examples_sees_the_mean_of_their_positions(name: str) -> None:
    method = METHODS.get(name)
    loss, seen = method.build(method.default_settings, PAIR), inputs(method)
    assert seen.teacher_BC is not None
    averaged = replace(
        seen,
        student_BC=one_row_an_example(seen.student_BC, POSITIONS),
        teacher_BC=one_row_an_example(seen.teacher_BC, POSITIONS),
        targets_B=torch.full((EXAMPLES,), IGNORE),
        positions=1,
    )
    parts, wanted = loss(seen).parts, loss(averaged).parts
    assert all(torch.equal(parts[part], wanted[part]) for part in parts if part != "hard")
