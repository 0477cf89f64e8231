"""What happens to a text: keys that are missed, letters of another case or script, foreign words, an early end.

All work on whole characters, so a text stays valid UTF-8, and each keeps a character where it had one. A share of the
characters is changed, and those that a lower severity changes are among them.
"""

from collections.abc import Callable, Iterator
from functools import partial

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.letters import look_alike, neighbours, other_case, without_accent
from distill_core.robustness.corruptions.random import PerImageRandom

Texts = tuple[str, ...]
# Further characters stay as they are: no network of the lab reads so many bytes.
REACH = 512
WORDS = ("OK", "e-mail", "PDF", "Login", "URL", "App", "Wi-Fi", "HTML", "Online", "2.0")


def _each(change: Callable[[str, float], str], texts: Texts, share: float, draws: PerImageRandom) -> Texts:
    """Change a share of the characters one by one; ``change`` also gets a number from 0 to below 1."""

    def changed(text: str, chance_L2: list[list[float]]) -> str:
        picked = [chance < share for chance, _ in chance_L2]
        letters = [
            change(letter, which) if chosen else letter
            for letter, chosen, (_, which) in zip(text, picked, chance_L2, strict=False)
        ]
        return "".join(letters) + text[len(letters) :] or text[:1]

    return tuple(changed(*pair) for pair in _drawn(texts, draws))


def _swapped(texts: Texts, share: float, draws: PerImageRandom) -> Texts:
    """Characters change places with the next one."""

    def changed(text: str, chance_L2: list[list[float]]) -> str:
        letters = list(text)
        for place in range(min(len(letters) - 1, len(chance_L2))):
            if chance_L2[place][0] < share:
                letters[place : place + 2] = reversed(letters[place : place + 2])
        return "".join(letters)

    return tuple(changed(*pair) for pair in _drawn(texts, draws))


def _truncated(texts: Texts, left: float, draws: PerImageRandom) -> Texts:
    return tuple(text[: max(1, round(left * len(text)))] for text in texts)


def _foreign_words(texts: Texts, count: int, draws: PerImageRandom) -> Texts:
    """Words of a screen stand between the words, at places that more of them keep."""

    def changed(text: str, chance_L2: list[list[float]]) -> str:
        if not text:
            return text
        parts = text.split(" ")
        for where, which in chance_L2[:count]:
            parts.insert(int(where * (len(parts) + 1)), WORDS[int(which * len(WORDS))])
        return " ".join(parts)

    return tuple(changed(*pair) for pair in _drawn(texts, draws, least=count))


def _drawn(texts: Texts, draws: PerImageRandom, *, least: int = 0) -> Iterator[tuple[str, list[list[float]]]]:
    """Each text with two numbers a character, ``least`` at least, the same whatever the lengths of the others."""
    longest = min(REACH, max(map(len, texts), default=0))
    for text, chance_L2 in zip(texts, draws.uniform(max(longest, least, 1), 2), strict=True):
        yield text, chance_L2[: max(len(text), least)].tolist()


def _neighbour(letter: str, which: float) -> str:
    keys = neighbours(letter.lower()) if len(letter.lower()) == 1 else ""
    if not keys:
        return letter
    found = keys[int(which * len(keys))]
    return found.upper() if letter.isupper() and len(found.upper()) == 1 else found


def _of_text(**described: object) -> Corruption:
    return Corruption(kind="text", **described)  # type: ignore[arg-type]


# Of a hundred characters, as in fast and in careless typing.
SHARES = (0.03, 0.07, 0.13, 0.22, 0.35)

ENTRIES = (
    _of_text(
        name="neighbour_keys",
        title="Neighbouring keys",
        family="typing",
        teaches="The key beside the right one, on a Latin, Russian or Arabic keyboard; other scripts stay as they are.",
        levels=SHARES,
        apply=partial(_each, _neighbour),
    ),
    _of_text(
        name="swapped_letters",
        title="Swapped letters",
        family="typing",
        teaches="Two characters that follow each other change places.",
        levels=SHARES,
        apply=_swapped,
    ),
    _of_text(
        name="dropped_letters",
        title="Dropped letters",
        family="typing",
        teaches="A key was not pressed hard enough: characters are missing.",
        levels=SHARES,
        apply=partial(_each, lambda letter, which: ""),
    ),
    _of_text(
        name="doubled_letters",
        title="Doubled letters",
        family="typing",
        teaches="A key was held too long: characters come twice.",
        levels=SHARES,
        apply=partial(_each, lambda letter, which: letter * 2),
    ),
    _of_text(
        name="letter_case",
        title="Capitals",
        family="letters",
        teaches="Small letters become capitals and capitals small ones, at last all of them; scripts without capitals "
        "stay as they are.",
        levels=(0.1, 0.25, 0.45, 0.7, 1.0),
        apply=partial(_each, lambda letter, which: other_case(letter)),
    ),
    _of_text(
        name="lost_accents",
        title="Lost accents",
        family="letters",
        teaches="Written on a keyboard without accents: é is e, й is и, が is か.",
        levels=(0.2, 0.4, 0.6, 0.8, 1.0),
        apply=partial(_each, lambda letter, which: without_accent(letter)),
    ),
    _of_text(
        name="look_alikes",
        title="Mixed scripts",
        family="letters",
        teaches="Letters of another script that look the same, as senders of spam use them: other bytes for the same "
        "sight.",
        levels=(0.05, 0.12, 0.25, 0.45, 0.8),
        apply=partial(_each, lambda letter, which: look_alike(letter)),
    ),
    _of_text(
        name="foreign_words",
        title="Foreign words",
        family="letters",
        teaches="Words that stand on screens of all countries, as OK, PDF and Login, between the words of the text.",
        levels=(1, 2, 3, 4, 6),
        apply=_foreign_words,
    ),
    _of_text(
        name="truncated",
        title="Early end",
        family="length",
        teaches="The text ends early, after a whole character.",
        levels=(0.75, 0.55, 0.4, 0.27, 0.15),
        apply=_truncated,
    ),
)
