"""Pages and own data of texts, tables, recordings and scenes: each place opens, as with those that ship."""

from functools import partial

import pytest

from distill_core.spec import Budget
from tests.own_pictures import zipped
from tests.own_scenes import masked
from tests.own_tables import people, table_of
from tests.pages.test_own_task import PLACES
from tests.pages.visiting import visit
from tests.sounds import packed, word


def texts(folder):
    rows = [f"{name} number {n},{name}" for name in ("good", "bad") for n in range(12)]
    (folder / "reviews.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    return folder / "reviews.csv"


def sounds(folder):
    for name, hz in (("low", 200), ("high", 900)):
        (folder / name).mkdir()
        for n in range(24):
            (folder / name / f"{n}.wav").write_bytes(packed(word(hz=hz + 5 * n)))
    rows = [f"{name}/{n}.wav,voice {n // 2}" for name in ("low", "high") for n in range(24)]
    (folder / "speakers.csv").write_text("\n".join(["file,speaker", *rows]), encoding="utf-8")
    return folder


def tables(folder):
    path = folder / "people.csv"
    path.write_text(table_of(people(60)), encoding="utf-8")
    return path


def scenes(folder):
    return zipped(folder / "in.zip", masked(24))


MADE = {"texts": texts, "sounds": sounds, "scenes": scenes, "tables": tables}
PICTURES = {"scenes": 6}


@pytest.mark.parametrize("kind", MADE)
def test_every_page_shows_what_it_can(screen, lab, tmp_path_factory, kind):
    path = MADE[kind](tmp_path_factory.mktemp("in"))
    own = lab.own_data
    add = {
        "texts": own.add_texts,
        "tables": partial(own.add_table, label="label"),
        "sounds": own.add_sounds,
        "scenes": partial(own.add_scenes, side_px=16),
    }[kind]
    data = add(path, f"my {kind}")
    first = lab.catalog.first_experiment(data.name)
    short = {"budget": Budget(updates=4, batch_size=8), "views": 2}
    taught = first.teacher.model_copy(update={"budget": short["budget"]})
    job = lab.wait(lab.submit(first.model_copy(update={**short, "teacher": taught})), 120)
    assert (job.state, job.error) == ("finished", None)
    shown = {**PLACES, ("temperature", ""): {"task_seen": data.name}}
    visit(screen, job, shown=shown, refused={}, told="This part")
    if kind == "sounds":
        voices = screen("compare", job=job.id, details="Classes")
        assert [one.value for one in voices.subheader][-1] == "Over voices"
        found = voices.dataframe[-1].value
        assert len(found) == 4
        assert all(" ± " in text for text in found["accuracy over voices"])
        assert [text.startswith(("+", "0", "−")) for text in found.iloc[:, 2]] == [False, False, True, True]
    page = screen("data", own=data.name)
    assert [*page.exception, *page.error] == []
    assert len(page.get("image")) == PICTURES.get(kind, 2)
