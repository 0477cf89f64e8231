"""Scenes on which two networks differ, and how often they agree: over all test scenes, not those with kept logits."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from distill_core.execution.scoring import _file
from distill_core.files import sha256_of
from distill_core.reports import masks
from distill_core.reports.agreement import _share
from distill_core.reports.predictions import predictions_of
from distill_core.store import Artifact

SCENES, KEPT = 40, 28


def outputs(*differing: int) -> np.ndarray:
    """Logits (N, 3, 48, 48): class 1 everywhere, but in half of the rows of these scenes class 2."""
    logits_NCHW = np.zeros((SCENES, 3, 48, 48), np.float32)
    logits_NCHW[:, 1] = 1.00001
    logits_NCHW[list(differing), 2, :24] = 1.00002
    return logits_NCHW


def stored(folder: Path, name: str, data: bytes) -> Artifact:
    path = folder / name
    path.write_bytes(data)
    return Artifact(run_id="00" * 8, kind="predictions", path=path, sha256=sha256_of(data), size_bytes=len(data))


@pytest.fixture
def both(tmp_path: Path) -> list[Artifact]:
    labels_NHW = np.zeros((SCENES, 48, 48), np.int64)
    said = {"student": outputs(0, 35), "teacher": outputs(0)}
    return [stored(tmp_path, name, _file({"valid": of, "test": of}, labels_NHW)) for name, of in said.items()]


def test_all_test_scenes_count_beyond_those_whose_logits_are_kept(both: list[Artifact]) -> None:
    """Scene 35 alone differs, in half of its pixels, and half precision cannot tell its classes apart."""
    arrays = predictions_of(both[0])
    assert arrays["test_logits_NC"].shape[0] == KEPT
    assert arrays["test_logits_NC"].dtype == np.float32
    assert _share(*both) == 1 - 0.5 / SCENES


def test_a_file_of_an_older_version_tells_no_agreement(tmp_path: Path, both: list[Artifact]) -> None:
    arrays = {name: array for name, array in predictions_of(both[0]).items() if name != "test_classes_N"}
    assert _share(both[0], stored(tmp_path, "old", save(arrays))) is None


def test_the_scenes_that_differ_most_come_first(both: list[Artifact], monkeypatch: pytest.MonkeyPatch) -> None:
    class Runs:
        def artifact(self, run_id: str, kind: str) -> Artifact:
            return both[("student", "teacher").index(run_id)]

    monkeypatch.setattr(masks, "shared_task", lambda *_: "scenes")
    found = masks.disputed_scenes(Runs(), "student", "teacher")  # type: ignore[arg-type]
    assert [scene.index for scene in found][:2] == [35, 0]
    assert [scene.share for scene in found][:2] == [0.5, 0.0]
    assert len(found) == SCENES
