"""Medicine: kinds of things in medicine and how they are related, the semantic network of UMLS, as
``tools/make_medicine.py`` ships it.

The parts are those of the literature. A fact is in one part, asked from both ends. Of symmetric relations the mirror
of a fact is another fact, and may be in another part: ``LEAKS``.
"""

import gzip
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.assets import ASSETS, read_asset, read_manifest
from distill_core.errors import said
from distill_core.events import Sink
from distill_core.spec import Budget, Optimiser, TrainedTeacher
from distill_core.tasks.base import Dataset, Group, InputSpec, SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.comparison import comparison
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.graph.medicine_names import ENTITIES, RELATIONS
from distill_core.tasks.graph.questions import InMemoryQuestions, Questions, asked, backwards, known_answers, with_wrong
from distill_core.tasks.graph.ranks import ranking

NAME, WRONG = "medicine", "medicine_wrong_facts"
# The tasks with wrong facts, by how many of a hundred are.
WRONG_OF_100 = {10: "medicine_wrong_tenth", 20: WRONG, 40: "medicine_wrong_two_fifths"}
WITH_WRONG = Group(title="Medicine, with wrong facts", what="Wrong facts")
SOURCE = "https://pypi.org/project/pykeen/1.11.1/"
LICENCE = (
    "MIT, that of pykeen, which ships it (LICENSE.pykeen); the semantic network itself is the U.S. National Library of "
    "Medicine's, which hands it out under terms of use of its own, apart from its Metathesaurus"
)
PARTS = ("train", "valid", "test")
FACTS = {"train": 5_216, "valid": 652, "test": 661}
# A training question stands for both ends of its fact; of the other parts each end is a question.
COUNTS = SplitCounts(train=FACTS["train"], valid=2 * FACTS["valid"], test=2 * FACTS["test"])
# Facts of the test part whose head and tail stand, the other way round, in a training fact of the same relation.
LEAKS = 97


@cache
def read_facts() -> dict[str, np.ndarray]:
    """(N, 3) int64: head, relation, tail of each fact, by the name of the part. Raises CorruptFile."""
    manifest = read_manifest(ASSETS / "data" / f"{NAME}.json")
    lines = iter(gzip.decompress(read_asset("data", manifest, ASSETS)).decode().split("\n"))
    entities, relations = ({name: number for number, name in enumerate(names)} for names in (ENTITIES, RELATIONS))
    facts = {}
    for part in PARTS:
        named = [map(titled, next(lines).split("\t")) for _ in range(FACTS[part])]
        facts[part] = np.array([(entities[h], relations[r], entities[t]) for h, r, t in named], np.int64)
        facts[part].flags.writeable = False
    return facts


def titled(name: str) -> str:
    """A name of the files as it is shown."""
    return "is a" if name == "isa" else name.replace("_", " ")


def sentence(question_2: np.ndarray) -> str:
    """A question (two ids) with its gap: entity, relation, ?; the gap stands first where the relation is backwards."""
    entity, relation = ENTITIES[int(question_2[0])], int(question_2[1]) - len(ENTITIES)
    parts = (entity, RELATIONS[relation % len(RELATIONS)], "?")
    return " – ".join(parts if relation < len(RELATIONS) else parts[::-1])


def _load(_home: Path, _sink: Sink, *, wrong_of_100: int = 0) -> TaskData:
    size = len(ENTITIES), len(RELATIONS)
    parts = {part: asked(facts_N3, size[0]) for part, facts_N3 in read_facts().items()}
    questions_N2, answers_N = map(np.concatenate, zip(*parts.values(), strict=True))
    known_ERE = known_answers(questions_N2, answers_N, *size)
    questions_N2, answers_N = parts["train"]
    parts["train"] = questions_N2, with_wrong(questions_N2, answers_N, known_ERE, wrong_of_100)
    for part in ("valid", "test"):
        other_N2, ends_N = backwards(*parts[part], *size)
        parts[part] = np.concatenate([parts[part][0], other_N2]), np.concatenate([parts[part][1], ends_N])
    return TaskData(**{part: Questions(*found, known_ERE) for part, found in parts.items()})


def strata(dataset: Dataset) -> np.ndarray:
    """(N,): one for all, since a fact counts as much as any other."""
    return np.zeros(len(dataset), np.int64)


TEACHER = "medicine_complex"
# Settings were chosen on validation questions. Adagrad's rate falls by itself, so nothing decays beside N3.
TEACHER_RECIPE = TrainedTeacher(
    architecture="complex",
    width=4.0,  # 128 dimensions
    budget=Budget(updates=1_500, batch_size=256),
    optimiser=Optimiser(algorithm="adagrad", learning_rate=0.1, weight_decay=0.0, n3=0.005),
)

DEFAULT = comparison(
    NAME,
    teacher=TEACHER,
    examples="questions",
    architecture="complex",
    labels=1_043,  # 20 % of the facts
    temperature=2.0,
    budget=Budget(updates=500, batch_size=256),
    # N3's weight is the one that suits the control best; what learns from a teacher wants a tenth of it.
    optimiser=Optimiser(algorithm="adagrad", learning_rate=0.2, weight_decay=0.0, warmup_fraction=0.0, n3=0.12),
    views=2,
    width=0.25,  # 8 dimensions
)


def _entry(name: str, *, title: str, teaches: str, sha256: str, wrong_of_100: int = 0, **more: Any) -> Task:
    return Task(
        name=name,
        title=title,
        teaches=teaches,
        source=SOURCE,
        licence=LICENCE,
        kind=QUESTION,
        input=InputSpec(shape=(2,), dtype="int64", vocabulary=len(ENTITIES) + 2 * len(RELATIONS)),
        target=TargetSpec(classes=ENTITIES),
        counts=COUNTS,
        sha256=sha256,
        load=partial(_load, wrong_of_100=wrong_of_100),
        dataset=InMemoryQuestions,
        strata=strata,
        metrics=ranking,
        default=DEFAULT.model_copy(update={"task": name}),
        metric="mrr",
        turns=True,
        **more,
    )


ENTRIES = (
    _entry(
        NAME,
        title="Medicine, a knowledge graph",
        teaches=(
            "Facts such as disease or syndrome, affects, organism function: a network says which entity answers a "
            "question. Of 661 test facts, 97 are a training fact of the same relation with its ends exchanged."
        ),
        sha256="53f9660ea9b9742a4d3ad54088d5545865ab859f5431f40782c497027a90693f",
    ),
    *(
        _entry(
            WRONG_OF_100[wrong],
            title=title,
            teaches=teaches,
            sha256=sha256,
            wrong_of_100=wrong,
            # What it learnt from holds nothing of the test either.
            taught_by=frozenset({NAME}),
            group=WITH_WRONG,
            member=f"{wrong} %",
        )
        for wrong, title, teaches, sha256 in (
            (
                10,
                said("Medicine, a tenth of the facts wrong"),
                said("The same graph, in which one training fact of ten names a wrong entity."),
                "4b9ebd057478cd6ab0ec3cf62aad01c2c2b0e5490389fb3ee8dd0dd8c7be15bc",
            ),
            (
                20,
                said("Medicine, a fifth of the facts wrong"),
                said(
                    "The same graph, in which one training fact of five names a wrong entity. A teacher that learnt "
                    "from true facts contradicts them. Facts that are missing are another thing: fewer labels."
                ),
                "f41b3216cea9a1fb355047e8012c1e780d13bf3c0ca733f961997dde130f5d3f",
            ),
            (
                40,
                said("Medicine, two fifths of the facts wrong"),
                said("The same graph, in which two training facts of five name a wrong entity."),
                "671a4bf7c11657a6b77a5dd38cc721d6e4275fe6e27d75b96e98d5f55d0c5b4c",
            ),
        )
    ),
)
