"""A link that opens a page as it stands."""

from urllib.parse import parse_qs, urlsplit

from ui import share


def test_values_replace_what_the_address_held():
    made = share.link("http://127.0.0.1:8501/train?old=1#x", {"T": 4.0, "name": "KD, a&b", "experiments": ["a", "b"]})
    assert urlsplit(made)._replace(query="").geturl() == "http://127.0.0.1:8501/train"
    assert parse_qs(urlsplit(made).query) == {"T": ["4"], "name": ["KD, a&b"], "experiments": ["a", "b"]}
