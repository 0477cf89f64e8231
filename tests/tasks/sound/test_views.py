"""Views of recordings: what a network hears follows from (data seed, recording, view) and from nothing else."""

import numpy as np
import pytest
import torch

from distill_core.tasks import TASKS
from distill_core.tasks.draws import Draws, view_bits
from distill_core.tasks.sound.dataset import Recordings, Sounds, Views

pytestmark = pytest.mark.anywhere

FRAMES_N = np.array([12, 40, 55, 7, 31, 20])
VIEWS = Views(stretch=(0.8, 1.25), shift=4.0, tracts=0.7, gap_frames=5, gap_coefficients=2, noise=0.1)


def sounds(views: Views = VIEWS, task: str = "spoken_digits", **more: object) -> Sounds:
    draws, count = np.random.default_rng(0), len(FRAMES_N)
    values_NTC = draws.integers(0, 256, (count, 40, 13), dtype=np.uint8)
    for place, frames in enumerate(FRAMES_N):
        first = max(0, 40 - frames) // 2
        values_NTC[place, :first] = values_NTC[place, first + min(frames, 40) :] = 128
    part = Recordings(
        values_NTC=values_NTC,
        means_NC=draws.integers(0, 256, (count, 13), dtype=np.uint8),
        frames_N=FRAMES_N,
        labels_N=np.arange(count),
        speakers_N=np.zeros(count, np.int64),
    )
    return Sounds(TASKS.get(task), part, views=views, **more)


def seen(dataset: Sounds, examples: list[int], views: list[int]) -> torch.Tensor:
    return dataset.batch(np.array(examples), np.array(views))


def test_a_view_does_not_depend_on_its_batch() -> None:
    dataset = sounds()
    together = seen(dataset, [0, 1, 2, 3, 4, 5, 0], [0, 1, 2, 3, 4, 5, 9])
    for place, (example, view) in enumerate(zip([0, 1, 2, 3, 4, 5, 0], [0, 1, 2, 3, 4, 5, 9], strict=True)):
        assert torch.equal(seen(dataset, [example], [view])[0], together[place])


def test_views_differ_by_number_recording_and_seed() -> None:
    dataset = sounds()
    first = seen(dataset, [1], [0])
    assert torch.equal(first, seen(dataset.seeded(0), [1], [0]))
    for other in (seen(dataset, [1], [1]), seen(dataset, [2], [0]), seen(dataset.seeded(1), [1], [0])):
        assert not torch.equal(first, other)


def test_a_view_of_nothing_is_the_recording() -> None:
    dataset = sounds(Views())
    plain = dataset.batch(np.arange(6))
    torch.testing.assert_close(seen(dataset, [0, 1, 2, 3, 4, 5], [3] * 6), plain, rtol=0, atol=0)
    assert (tuple(plain.shape), plain.dtype) == ((6, 13, 40), torch.float32)


def test_a_shift_of_whole_frames_moves_all_coefficients() -> None:
    ramp_BCT = np.broadcast_to(np.arange(40, dtype=np.float32), (1, 13, 40))

    class Late(Draws):
        def uniform(self, *shape: int) -> np.ndarray:
            return np.full((1, *shape), 0.75, np.float32)  # half of the way to the right

    moved = Views(shift=4.0).of(ramp_BCT, np.array([40]), Late(view_bits(0, np.array([0]), np.array([0]))))
    assert moved[0, 5].tolist() == [0.0, 0.0, *range(38)]


def test_a_stretch_is_around_the_middle_and_silent_outside() -> None:
    ramp_BCT = np.broadcast_to(np.arange(1, 41, dtype=np.float32), (1, 13, 40))
    draws = Draws(view_bits(0, np.array([0]), np.array([0])))
    half = Views(stretch=(0.5, 0.5)).of(ramp_BCT, np.array([40]), draws)[0, 0]
    # Frame 20 is half a frame after the middle, and tells of twice as far from it: of frame 20.5, which holds 21.5.
    assert half[20].item() == pytest.approx(21.5)
    assert half[29].item() == pytest.approx(39.5)
    assert not half[:9].any()
    assert not half[31:].any()


@pytest.mark.parametrize("views", [Views(noise=0.1), Views(noise=0.1, stretch=(0.8, 1.25))])
def test_noise_is_heard_within_the_recording_alone(views: Views) -> None:
    dataset = sounds(views)
    heard = np.stack([seen(dataset, [0] * 50, list(range(50)))]).squeeze(0)
    # Twelve frames, stretched to fifteen at most.
    assert not heard[:, :, :11].any()
    assert not heard[:, :, 29:].any()
    difference = heard[:, :, 14:26] - dataset.batch(np.array([0]))[:, :, 14:26].numpy()
    if views.stretch == (1.0, 1.0):
        assert difference.std() == pytest.approx(0.1, rel=0.05)


def test_gaps_are_as_long_as_they_may_be() -> None:
    dataset = sounds(Views(gap_frames=5, gap_coefficients=2))
    whole = dataset.batch(np.array([1]))[0]
    lost = (seen(dataset, [1] * 400, list(range(400))) == 0) & (whole != 0)
    of_frames, of_coefficients = lost.all(1).sum(1), lost.all(2).sum(1)
    assert sorted(set(of_frames.tolist())) == [0, 1, 2, 3, 4, 5]
    assert sorted(set(of_coefficients.tolist())) == [0, 1, 2]


def test_seven_of_ten_views_have_another_vocal_tract() -> None:
    dataset = sounds(Views(tracts=0.7))
    same = (seen(dataset, [1] * 500, list(range(500))) == dataset.batch(np.array([1]))).all(2).all(1)
    assert same.float().mean().item() == pytest.approx(0.3, abs=0.07)


def test_with_their_means_recordings_differ_inside_alone() -> None:
    apart = sounds(task="speakers").batch(np.arange(6)) - sounds().batch(np.arange(6))
    assert not apart[0, :, :14].any()
    assert (apart[0, :, 14:26].std(1) < 1e-6).all()
    assert apart[0, :, 14:26].abs().sum() > 0
