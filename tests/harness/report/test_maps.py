"""Maps and histograms: what the public functions give, at the right place of the reference."""

from __future__ import annotations

import numpy as np
import pytest
from image_shelf import pair_of

import srmetrics
from harness.report import maps
from harness.report.encoding import OUTSIDE
from harness.report.maps import PlacedMap, differences, levels_on, similarity
from srmetrics.prepare.pair import PreparedPair, prepare_pair
from srmetrics.presets import find_protocol

PRESETS = [("native", None), ("sr-y", 4), ("sr-y8", 2), ("wang2004", None), ("skimage", None), ("torchmetrics", None)]


def prepared(preset: str, scale: int | None, size: tuple[int, int, int] = (70, 90, 3)) -> PreparedPair:
    reference, candidate = pair_of(3, size)
    protocol = find_protocol(preset).resolve(scale=scale, data_range=255)
    return prepare_pair(reference, candidate, protocol)


@pytest.mark.parametrize(("preset", "scale"), PRESETS)
def test_the_error_map_is_the_mean_over_channels_of_the_absolute_error(preset: str, scale: int | None) -> None:
    reference, candidate = pair_of(3, (70, 90, 3))
    expected = srmetrics.error_map(reference, candidate, preset, scale=scale, data_range=255)
    expected = expected.mean(axis=2) if expected.ndim == 3 else expected
    found = differences(prepared(preset, scale), with_map=True).map
    assert found is not None
    crop = {"sr-y": 4, "sr-y8": 2}.get(preset, 0)
    assert (found.top, found.left, found.cell) == (crop, crop, 1)
    # One rounding to float32 of values up to 255.
    np.testing.assert_allclose(found.values, expected, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(("preset", "scale"), PRESETS)
def test_the_map_of_similarity_is_ssims_at_the_windows_centres(preset: str, scale: int | None) -> None:
    reference, candidate = pair_of(3, (70, 90, 3))
    expected = srmetrics.ssim_map(reference, candidate, preset, scale=scale, data_range=255)
    expected = expected.mean(axis=2) if expected.ndim == 3 else expected
    found = similarity(prepared(preset, scale))
    np.testing.assert_allclose(found.values, expected, rtol=1e-5, atol=1e-6)
    edge = {"sr-y": 4 + 5, "sr-y8": 2 + 5, "skimage": 3, "torchmetrics": 0}.get(preset, 5)
    assert (found.top, found.left, found.cell) == (edge, edge, 1)


def test_a_downsampled_similarity_covers_blocks_of_the_reference() -> None:
    # round(min(640, 512) / 256) = 2: windows of radius 5 lie 10 pixels of the reference inside.
    found = similarity(prepared("wang2004", None, (640, 512, 1)))
    assert (found.top, found.left, found.cell) == (10, 10, 2)
    assert found.values.shape == (320 - 10, 256 - 10)


@pytest.mark.parametrize(("preset", "scale"), PRESETS[:3])
def test_every_scored_value_is_counted_in_its_step(preset: str, scale: int | None) -> None:
    reference, candidate = pair_of(3, (70, 90, 3))
    errors = srmetrics.error_map(reference, candidate, preset, scale=scale).ravel()
    expected = np.bincount(np.floor(errors + 0.5).astype(int), minlength=256)
    found = differences(prepared(preset, scale), with_map=False)
    assert found.map is None
    assert np.array_equal(expected, found.counts)


def test_steps_are_parts_of_the_range() -> None:
    reference = np.zeros((20, 20))
    pair = prepare_pair(reference, reference + 0.5, find_protocol("native").resolve(data_range=1.0))
    counts = differences(pair, with_map=False).counts
    assert np.flatnonzero(counts).tolist() == [128]  # 0.5 * 255 = 127.5, halves up
    beyond = prepare_pair(reference, reference + 7, find_protocol("native").resolve(data_range=1.0))
    assert np.flatnonzero(differences(beyond, with_map=False).counts).tolist() == [255]


def test_levels_run_from_one_end_to_the_other_and_stop_at_the_maps_edge() -> None:
    placed = PlacedMap(np.array([[0.0, 0.5, 1.0, -3.0, 9.0]], np.float32), top=1, left=2, cell=1)
    levels = levels_on((8, 3), placed, 0.0, 1.0)
    assert levels.shape == (3, 8)
    assert levels[1].tolist() == [OUTSIDE, OUTSIDE, 0, 127, 254, 0, 254, OUTSIDE]
    assert (levels[[0, 2]] == OUTSIDE).all()
    assert levels_on((8, 3), placed, 1.0, 0.0)[1].tolist()[2:5] == [254, 127, 0]


def test_a_large_map_is_averaged_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = prepared("native", None, (70, 90, 1))
    fine = differences(pair, with_map=True).map
    monkeypatch.setattr(maps, "MAP_PIXELS", 70 * 90 // 4)
    coarse = differences(pair, with_map=True).map
    assert fine is not None
    assert coarse is not None
    assert coarse.cell == 2
    expected = fine.values.reshape(35, 2, 45, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse.values, expected, rtol=1e-6)  # sums in another order
    assert levels_on((90, 70), coarse, 0.0, 20.0).shape == (35, 45)
