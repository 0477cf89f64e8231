"""A link that opens a page as it stands."""

from urllib.parse import parse_qs, urlsplit

import pytest

from ui.shell import share


def test_values_replace_what_the_address_held():
    made = share.link("http://127.0.0.1:8501/train?old=1#x", {"T": 4.0, "name": "KD, a&b", "experiments": ["a", "b"]})
    assert urlsplit(made)._replace(query="").geturl() == "http://127.0.0.1:8501/train"
    assert parse_qs(urlsplit(made).query) == {"T": ["4"], "name": ["KD, a&b"], "experiments": ["a", "b"]}


@pytest.mark.parametrize("value", [7.3456789, 0.0123456789, 1e-5, 1e22, 4.0, 0.1, 123456789.0])
def test_a_number_reads_back_as_it_was(value):
    assert float(parse_qs(urlsplit(share.link("http://a/", {"x": value, "y": [value]})).query)["x"][0]) == value
    url = share.link("http://a/", {"x": 4.0, "y": [0.5, 8.0]})
    assert parse_qs(urlsplit(url).query) == {"x": ["4"], "y": ["0.5", "8"]}
