"""Pages where the teacher is no network of this lab."""

from tests.execution.test_any_teacher import asked, registered  # noqa: F401

PAGES = ("home", "compare", "benchmark", "playground", "robustness", "methods", "temperature", "train")


def test_every_page_shows_what_there_is(lab, screen, registered):  # noqa: F811
    job = lab.wait(lab.submit(asked()), 400)
    assert (job.state, job.error) == ("finished", None)
    for name in PAGES:
        page = screen(name, job=job.id, task_seen="digits", **({"train_show": "Watch"} if name == "train" else {}))
        assert (name, [*page.exception], [*page.error]) == (name, [], [])
    teacher, *_, pupil = (linked.run for linked in lab._store.runs([job.id]))
    page = screen("benchmark", runs=teacher.id)
    assert "is no network of this lab, and has no file" in page.warning[0].value
    offered = screen("train", task="digits").selectbox(key="train_teacher").options
    assert [name for name in offered if teacher.id in name] == []
    assert [name for name in offered if pupil.id in name] != []
