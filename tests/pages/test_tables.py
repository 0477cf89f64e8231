"""The Playground of a table: its fields and the test rows that it begins with."""

import json

import numpy as np

from distill_core.tasks.splits import load_task
from tests.own_tables import table_task
from ui.examples import Examples, row_text
from ui.screens.playground import rows


class OneTask:
    """What the page asks a lab for."""

    def __init__(self, task, data):
        self.catalog, self.parts = self, lambda name: data


def test_fields_and_rows_of_a_table(tmp_path):
    task = table_task(tmp_path, 100)
    data = load_task(task, tmp_path, lambda event: None)
    told = json.loads(json.dumps(rows.told(OneTask(task, data), task)))
    assert [column["name"] for column in told["columns"]] == ["age", "income", "city"]
    assert [len(column["categories"]) for column in told["columns"]] == [0, 0, 3]
    assert [row["label"] for row in told["rows"][:4]] == [0, 1, 0, 1]
    assert len(told["rows"]) == 15
    values = [row["values"] for row in told["rows"]]
    assert any(None in row for row in values) == bool(np.isnan(data.test.values_NC).any())


def test_a_row_as_a_text(tmp_path):
    task = table_task(tmp_path, 100)
    values = np.array([41, np.nan, 1], np.float32)
    assert row_text(task, values) == f"age 41 · income – · city {task.columns[2].categories[1]}"
    assert row_text(task, values, 1) == "age 41 · …"
    test = Examples(task=task, part=load_task(task, tmp_path, lambda event: None).test)
    assert test.text(0).startswith("age ")
    assert test.picture(0) is None
    assert test.source(0).startswith("data:image/svg")
