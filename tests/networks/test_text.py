"""Networks for rows of tokens: sizes worked out by hand, their answers, and their ONNX files."""

import numpy as np
import pytest
import torch

from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import ARCHITECTURES, Blueprint, build, check, profile, taking, uses_rng
from distill_core.networks.zoo import ngrams
from distill_core.tasks import InputSpec
from distill_core.tasks.text.tokens import INPUT, tokens

pytestmark = pytest.mark.anywhere

NAMES = ("hashed_ngrams", "byte_cnn", "byte_transformer")


def blueprint(name: str, width: float = 1.0) -> Blueprint:
    return Blueprint(architecture=name, classes=20, input=INPUT, options=(("width", width),))


def network(name: str, width: float = 1.0) -> torch.nn.Module:
    torch.manual_seed(0)
    return build(blueprint(name, width)).eval()


def test_rows_of_tokens_get_these_and_images_none_of_them() -> None:
    assert tuple(entry.name for entry in taking(INPUT)) == NAMES
    assert not {entry.name for entry in taking(InputSpec(shape=(1, 28, 28)))} & set(NAMES)
    assert not any(ARCHITECTURES.get(name).takes(InputSpec(shape=(40, 13))) for name in NAMES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (InputSpec(shape=(64,)), "input: expected rows of tokens, got float32"),
        (InputSpec(shape=(4,), dtype="int64", vocabulary=257), "tokens: expected 8 to 256, got 4"),
        (InputSpec(shape=(64,), dtype="int64", vocabulary=5_000), "vocabulary: expected 2 to 1024, got 5000"),
        (InputSpec(shape=(64,), dtype="int64"), "vocabulary: expected 2 to 1024, got None"),
    ],
)
def test_other_inputs_are_refused(given: InputSpec, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        check(Blueprint(architecture="byte_cnn", classes=20, input=given))


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        # Four tables of 4,096 rows of 32, and the head; an embedding costs nothing.
        ("hashed_ngrams", 16_384 * 32 + 33 * 20, 32 * 20),
        # The table, two convolutions with norms, the head; 64 places, and 32 after the first pool.
        (
            "byte_cnn",
            257 * 16 + (5 * 16 * 32 + 64) + (3 * 32 * 48 + 96) + 49 * 20,
            64 * 5 * 16 * 32 + 32 * 3 * 32 * 48 + 48 * 20,
        ),
        # Two tables; a block: projections, two layers of 240, two norms; the last norm, and the head.
        (
            "byte_transformer",
            (257 + 64) * 96 + 3 * (4 * 97 * 96 + 97 * 240 + 241 * 96 + 4 * 96) + 192 + 97 * 20,
            3 * (4 * 64 * 96**2 + 2 * 64**2 * 96 + 2 * 64 * 96 * 240) + 96 * 20,
        ),
    ],
)
def test_sizes_by_hand(name: str, parameters: int, macs: int) -> None:
    profiled = profile(blueprint(name))
    assert (profiled.parameters, profiled.macs) == (parameters, macs)


def test_published_sizes() -> None:
    """Of teacher, student and transformer, as they were measured."""
    assert [profile(blueprint(name)).parameters for name in NAMES] == [524_948, 12_420, 285_092]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_answers_as_the_network_does(name: str) -> None:
    made = network(name, 0.5)
    exported = export_onnx(made, blueprint(name, 0.5))
    batch = tokens(["", "a", "Zurücksetzen", "パスワードの変更", "Изменить пароль " * 9, "تغيير"])
    answered = run_onnx(exported.data, batch)
    np.testing.assert_allclose(answered, made(torch.from_numpy(batch)).detach(), atol=1e-4)
    assert np.isfinite(answered).all()


def test_a_key_by_hand() -> None:
    """The bucket of "ab" among the pairs: (98·257 + 99)·1,000,003 mod (2³¹ - 1) mod 4,096, behind the single bytes."""
    keys = ngrams._keys(torch.tensor([[98, 99, 0]]), 2, 257)
    wanted = [
        (first * 257 + second) * 1_000_003 % 2_147_483_647 % 4_096 + 4_096 for first, second in ((98, 99), (99, 0))
    ]
    assert keys.tolist() == [wanted]


def test_the_longest_sum_of_the_largest_vocabulary_fits() -> None:
    largest = torch.full((1, 4), 1_023)
    number = 1_023 * (1_024**3 + 1_024**2 + 1_024 + 1)
    assert ngrams._keys(largest, 4, 1_024).tolist() == [[number * 1_000_003 % 2_147_483_647 % 4_096 + 3 * 4_096]]
    assert number * 1_000_003 < 2**63


def test_ngrams_with_padding_count_for_nothing() -> None:
    """The embedding is four times the mean over what is whole: one pair and two single tokens of "ab"."""
    made = network("hashed_ngrams")
    row = torch.from_numpy(tokens(["ab"]))
    table = made.get_submodule("stem.embedding").weight
    singles, pairs = (ngrams._keys(row[:, :2], order, 257)[0] for order in (1, 2))
    wanted = 4 * table[torch.cat([singles, pairs])].mean(0)
    embedding = made.get_submodule("pool")(made.get_submodule("stem")(row))[0]
    torch.testing.assert_close(embedding, wanted)
    assert uses_rng(blueprint("hashed_ngrams"))
    assert not uses_rng(blueprint("byte_cnn"))
