from __future__ import annotations

import numpy as np
import pytest

from harness.images import find_images
from harness.models import FolderOfOutputs, FunctionUpscaler, ImageFacts, SelfEnsemble, load_upscaler, restore
from srmetrics.errors import ModelError


def slanted(image: np.ndarray) -> np.ndarray:
    """Twice as large, and different in every position: it adds the row's and twice the column's number."""
    large = image.astype(np.float64).repeat(2, 0).repeat(2, 1)
    rows, columns = np.indices(large.shape[:2])
    added = rows + 2 * columns
    return large + (added if large.ndim == 2 else added[:, :, np.newaxis])


@pytest.mark.parametrize("shape", [(3, 5), (4, 4, 3)])
def test_the_mean_over_eight_positions_is_the_one_worked_out_by_hand(shape: tuple[int, ...]) -> None:
    # Over the eight positions, a pixel (r, c) of an h x w output has in turn row r or h-1-r (c or w-1-c when turned)
    # added once and column twice: the mean of the additions is 3/4 (h-1) + 3/4 (w-1) at every pixel.
    image = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    height, width = 2 * shape[0], 2 * shape[1]
    output = SelfEnsemble(FunctionUpscaler(slanted, "slanted", 2)).upscale(image)
    expected = image.astype(float).repeat(2, 0).repeat(2, 1) + 0.75 * (height - 1 + width - 1)
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-12)


def test_the_ensemble_of_an_upscaler_that_ignores_position_changes_nothing(photograph: np.ndarray) -> None:
    floats = photograph / 255.0
    plain, ensemble = load_upscaler("bicubic?scale=2"), load_upscaler("bicubic?scale=2&self_ensemble=x8")
    # Sums of the same products in another order.
    np.testing.assert_allclose(plain.upscale(floats), ensemble.upscale(floats), rtol=0, atol=1e-14)
    assert (False, True) == (plain.description.self_ensemble, ensemble.description.self_ensemble)


def test_floats_are_averaged_before_they_are_rounded_once() -> None:
    # Four positions give 0.4 and four 0.8: rounded first, the mean of 0 and 1 would be 0.5 and round to 1 as well, so
    # the levels are chosen to differ: 0.4 and 0.5 -> mean 0.45 -> 0, but rounded first 0 and 1 -> 0.5 -> 1.
    calls = []

    def alternating(image: np.ndarray) -> np.ndarray:
        calls.append(1)
        return np.full((2 * image.shape[0], 2 * image.shape[1]), 0.4 if len(calls) % 2 else 0.5)

    output = restore(
        SelfEnsemble(FunctionUpscaler(alternating, "alternating", 2)), np.zeros((2, 2), np.uint8), dtype=np.uint8
    )
    assert 8 == len(calls)
    assert 0 == output.max()


def test_files_cannot_be_turned_round(tmp_path) -> None:  # type: ignore[no-untyped-def]
    np.save(tmp_path / "a.npy", np.zeros((4, 4), np.uint8))
    folder = FolderOfOutputs(tmp_path, find_images(tmp_path))
    assert (4, 4) == folder.upscale(np.zeros((2, 2), np.uint8), ImageFacts(key="a")).shape
    with pytest.raises(ModelError, match="its outputs are files"):
        SelfEnsemble(folder)
