"""Of attention maps only those are compared in words that have more than one place."""

from types import SimpleNamespace

import numpy as np

from distill_core.methods.pictures import Attention, AttentionStage
from ui.screens.methods import attention

SCENE = SimpleNamespace(name=lambda place: f"image {place}")


def stage(name: str, student_px: int, teacher_px: int, alike: list[float]) -> AttentionStage:
    return AttentionStage(
        student=name,
        teacher=name,
        student_NHW=np.ones((2, student_px, student_px)),
        teacher_NHW=np.ones((2, teacher_px, teacher_px)),
        alike_N=np.array(alike),
    )


def test_a_stage_of_single_numbers_is_left_out():
    wide, narrow, one = stage("early", 8, 8, [0.9, 0.8]), stage("middle", 4, 4, [0.5, 0.7]), stage("last", 1, 2, [1, 1])
    first, second = attention.sentences(SCENE, Attention(stages=(wide, narrow, one)))
    assert "most at early (mean cosine **0.85**" in first
    assert "least at middle (**0.60**)" in first
    assert second == "The example at which they differ most there is image 0 (0.50)."


def test_the_only_stage_that_tells_anything_is_named_alone():
    first, _ = attention.sentences(
        SCENE, Attention(stages=(stage("early", 8, 8, [0.9, 0.8]), stage("last", 1, 1, [1, 1])))
    )
    assert first.startswith("Over 2 test examples the cosine of both maps at early is **0.85**")


def test_where_all_are_single_numbers_nothing_is_made_up():
    (told,) = attention.sentences(SCENE, Attention(stages=(stage("last", 1, 1, [1, 1]),)))
    assert "says nothing" in told
