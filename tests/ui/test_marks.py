"""Markers in labels."""

import base64
import re

import pytest

from ui.networks import marks, style

ROLES = {"t": "teacher", "c": "control", **{f"s{place}": "student" for place in range(7)}}


@pytest.mark.parametrize("look", style.looks(ROLES, dark=False).values(), ids=ROLES)
def test_a_mark_is_a_small_picture_of_the_shape_in_its_colour(look):
    found = re.fullmatch(r"!\[\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", marks.mark(look))
    assert found
    svg = base64.b64decode(found[1]).decode()
    assert f'fill="{look.colour}"' in svg
    assert re.search(r' d="M[^"]+Z"', svg)
    assert 'width="16"' in svg


def test_a_name_stands_beside_its_mark_letter_for_letter():
    look = style.looks({"*a*": "student"}, dark=True)["*a*"]
    assert marks.named("*a*", look) == f"{marks.mark(look)} \\*a\\*"
    assert marks.legend({"*a*": look}) == marks.named("*a*", look)
