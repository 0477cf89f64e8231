"""No sentence is put together from fragments."""

from pathlib import Path

import pytest

from tests.fragments import found

ROOT = Path(__file__).resolve().parents[2]


def test_no_sentence_of_the_pages_is_put_together_from_fragments() -> None:
    paths = [path for room in ("ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    told = found({path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths})
    assert not told, "\n".join(told)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('verb = "is" if few else "are"', "is or are"),
        ('text = f"{title.lower()} of it"', ".lower()"),
        ('text = f"{words.plural(few, name)} left"', "words.plural"),
        ('text = f"of {words.join(names)}"', "words.join"),
    ],
)
def test_the_rule_can_fail(source: str, what: str) -> None:
    (line,) = found({"ui/screens/a.py": source})
    assert line.startswith("ui/screens/a.py:1: ")
    assert what in line
    assert found({"ui/findings/a.py": source}) == []


def test_what_is_no_fragment_is_left_alone() -> None:
    assert found({"ui/a.py": 'names = words.join(found)\nsymbol = "star" if best else "circle"'}) == []
