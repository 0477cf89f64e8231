"""Tasks of tables: a row of numbers and categories, with a label."""

from distill_core.tasks.base import Kind

ROW = Kind(name="row", example="row", examples="rows")
