"""Tasks of knowledge graphs: facts, the questions that ask for their ends, and ranks among all answers."""

from distill_core.tasks.base import Kind

QUESTION = Kind(name="question", example="question", examples="questions")
