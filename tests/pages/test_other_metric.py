"""Pages of a task whose metric is another than accuracy."""

from tests.execution.test_any_task import experiment, toys  # noqa: F401

# The page's own sentence, and the key of a chart.
ALWAYS = ("Who gives more accuracy for less", "curve_accuracy")


def test_pages_call_a_score_as_the_task_does(lab, screen):
    job = lab.wait(lab.submit(experiment("facts", "fact_network")), 120)
    assert (job.state, job.error) == ("finished", None)
    for name, shown in (("train", {"train_show": "Watch"}), ("compare", {"task_of": "facts", "tab": "Curves"})):
        page = screen(name, job=job.id, **shown)
        assert (name, [*page.exception], [*page.error]) == (name, [], [])
        said = "\n".join(_said(page))
        for text in ALWAYS:
            said = said.replace(text, "")
        assert "MRR" in said
        assert "accuracy" not in said.lower()


def _said(page):
    """Texts, cards, tables, and charts with their alternative texts."""
    for kind in ("markdown", "caption", "metric"):
        yield from (part.value for part in page.get(kind))
    yield from (part.help for part in page.get("metric"))
    for part in page.get("dataframe"):
        yield from part.value.columns
    for part in page.get("plotly_chart"):
        yield part.proto.SerializeToString().decode(errors="replace")
