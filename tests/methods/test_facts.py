"""What the pages tell of every method beside its loss: the year of its paper, the letters of its formula, its code."""

import ast
import re
from types import FunctionType

import pytest

from distill_core.methods import METHODS, Method
from distill_core.methods.source_code import loss_functions, loss_source
from distill_core.methods.symbols import LETTER_TITLES, letters, symbols_of

pytestmark = pytest.mark.anywhere
EVERY = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)


@EVERY
def test_a_method_has_the_year_of_its_paper(method: Method) -> None:
    assert (method.year is None) == (not method.paper and not method.source)
    docs = " ".join(str(function.__doc__) for function in loss_functions(method))
    written = re.findall(rf"(\d{{4}}) \(arXiv:{method.paper}\)", docs) if method.paper else []
    written += re.findall(r" (\d{4}), ", method.source)
    assert {int(year) for year in written} <= {method.year}


@EVERY
def test_each_letter_of_a_formula_is_explained_and_none_besides(method: Method) -> None:
    assert tuple(symbols_of(method)) == letters(method.formula)
    assert set(method.symbols) <= set(letters(method.formula))


def test_letters_are_found_without_layout_indices_and_what_they_carry() -> None:
    formula = (
        r"\mathcal{L} = w_h\,\mathrm{CE} + \tfrac{w}{B}\textstyle\sum_i \big(\hat p_t^i - e^{-\lambda_v}\big)_{T=2..6}"
    )
    assert letters(formula) == ("w_h", r"\mathrm{CE}", "w", "B", "p", "e", r"\lambda")


def test_the_shared_letters_are_used() -> None:
    assert set(LETTER_TITLES) <= {letter for method in METHODS for letter in letters(method.formula)}


@EVERY
def test_the_code_of_a_loss_is_whole_and_its_own(method: Method) -> None:
    names = [node.name for node in ast.parse(loss_source(method)).body if isinstance(node, ast.FunctionDef)]
    assert names == [function.__name__ for function in loss_functions(method)]
    assert any(function.__module__.startswith("distill_core.methods.zoo.") for function in loss_functions(method))
    assert not {"compared_logits", "cross_entropy_plus", "check_logits", "numbers_of"} & set(names)


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("nkd", ["nkd_loss", "other_classes", "other_shares"]),
        ("mlkd", ["class_correlation", "batch_correlation", "softened_kl"]),
        ("sp", ["similarity_preserving", "cosine_similarities"]),
        ("vid", ["gaussian_nll", "_mean_squares"]),
        ("standardized_kd", ["standardized_kl", "standardize"]),
    ],
)
def test_the_code_reaches_what_the_loss_calls(name: str, functions: list[str]) -> None:
    found: tuple[FunctionType, ...] = loss_functions(METHODS.get(name))
    assert set(functions) <= {function.__name__ for function in found}
