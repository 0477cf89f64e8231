"""No sentence is put together from fragments, but in the files that are still to be rewritten."""

from pathlib import Path

import pytest

from tests.fragments import found

ROOT = Path(__file__).resolve().parents[2]
# This list may only shrink: a file whose sentences are whole leaves it, and none comes in.
TO_DO = {"ui/screens/compress/pipeline.py"}


def test_fragments_stand_only_where_they_still_stand() -> None:
    paths = [path for room in ("ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    told = found({path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths})
    files = {line.partition(":")[0] for line in told}
    assert files <= TO_DO, "\n".join(line for line in told if line.partition(":")[0] not in TO_DO)
    assert files >= TO_DO, "these have no fragments any more: take them off the list"


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
