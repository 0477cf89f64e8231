"""Letters beside each other on keyboards, letters that look alike, and letters without their accents."""

import unicodedata
from functools import cache

# The rows of keys, each a little to the right of the one above: US English, Russian, Arabic (101).
KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ"),
)
# Pairs that most typefaces draw alike: Latin and Cyrillic, Latin and Greek.
LOOK_ALIKE = (
    *("aа", "cс", "eе", "iі", "jј", "oо", "pр", "sѕ", "xх", "yу", "hһ"),
    *("AА", "BВ", "CС", "EЕ", "HН", "IІ", "KК", "MМ", "OО", "PР", "SЅ", "TТ", "XХ", "YУ", "JЈ"),
    *("vν", "uυ", "nη", "NΝ", "ZΖ"),
)


@cache
def neighbours(letter: str) -> str:
    """The keys around a small letter, in a row or the ones above and below; empty where no keyboard here has it."""
    for rows in KEYBOARDS:
        for number, row in enumerate(rows):
            place = row.find(letter)
            if place < 0:
                continue
            beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            above = rows[number - 1][place : place + 2] if number else ""
            below = rows[number + 1][max(0, place - 1) : place + 1] if number + 1 < len(rows) else ""
            return beside + above + below
    return ""


@cache
def without_accent(letter: str) -> str:
    """The letter that an accent, a dot or a voicing mark stands on; itself where it has none."""
    apart = unicodedata.normalize("NFD", letter)
    return apart[0] if all(unicodedata.category(mark) == "Mn" for mark in apart[1:]) else letter


@cache
def other_case(letter: str) -> str:
    """Its capital or its small letter; itself where that is none or more than one character."""
    found = letter.swapcase()
    return found if len(found) == 1 else letter


@cache
def look_alike(letter: str) -> str:
    """A letter of another script that looks the same; itself where there is none."""
    found = next((pair for pair in LOOK_ALIKE if letter in pair), letter * 2)
    return found[1] if letter == found[0] else found[0]
