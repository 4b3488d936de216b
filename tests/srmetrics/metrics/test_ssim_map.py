"""The SSIM map, held to a loop over all windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brute_force import gaussian, ssim_windows, uniform
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from strategies import masks, picture

from srmetrics import EvaluationProtocol
from srmetrics.errors import SizeError
from srmetrics.metrics import ssim_map
from srmetrics.metrics.ssim_map import MapStrip, Windows, channel_sums, check_size, map_strips, windows_for
from srmetrics.prepare.pair import STRIP_ROWS, HeldRows, SelectedRows

WEIGHTS = {
    "gaussian-11-1.5": gaussian(11, 1.5),
    "gaussian-5-0.8": gaussian(5, 0.8),
    "uniform-3": uniform(3),
    "uniform-7": uniform(7),
}


def windows_of(centre: float = 100.0, data_range: float = 255.0, **fields: Any) -> Windows:
    return windows_for(EvaluationProtocol(**fields), data_range, centre)


def images(height: int, width: int, channels: int = 1) -> HeldRows:
    random = np.random.RandomState(height * width)
    first = random.randint(0, 256, (height, width, channels)).astype(np.float64)
    return HeldRows(first, np.clip(first + random.randint(-60, 60, first.shape), 0, 255))


def whole(strips: Any) -> tuple[np.ndarray, np.ndarray]:
    kept: list[MapStrip] = list(strips)
    return np.concatenate([strip.ssim for strip in kept]), np.concatenate([strip.contrast for strip in kept])


def test_windows_take_what_the_protocol_says() -> None:
    windows = windows_of(12.0, 100.0, window="uniform-7", edges="reflect", covariance="sample", k=(0.02, 0.5))
    np.testing.assert_array_equal(np.full(7, 1 / 7), windows.kernel)
    assert windows.edges == "reflect"
    assert windows.sample is True
    assert windows.constants == (4.0, 2500.0)
    assert windows.centre == 12.0
    assert windows.radius == 3
    assert windows.margin == 0
    assert windows_of().sample is False
    assert windows_of().margin == windows_of().radius == 5
    assert windows_of(edges="replicate").margin == 0


@pytest.mark.parametrize("window", WEIGHTS)
@pytest.mark.parametrize("edges", ["valid", "reflect", "replicate"])
@pytest.mark.parametrize("covariance", ["population", "sample"])
def test_the_map_is_that_of_the_loop_over_windows(window: str, edges: str, covariance: str) -> None:
    rows = images(15, 13)
    windows = windows_of(window=window, edges=edges, covariance=covariance)
    ssim, contrast = whole(map_strips(rows, windows))
    expected = ssim_windows(
        rows.reference[:, :, 0], rows.candidate[:, :, 0], WEIGHTS[window], edges=edges, sample=covariance == "sample"
    )
    inner = np.s_[windows.margin : 15 - windows.margin, windows.margin : 13 - windows.margin]
    np.testing.assert_allclose(ssim[:, :, 0], expected.ssim[inner], rtol=0, atol=1e-12)
    np.testing.assert_allclose(contrast[:, :, 0], expected.contrast[inner], rtol=0, atol=1e-12)


@pytest.mark.parametrize("k", [(0.01, 0.03), (0.4, 0.03), (0.01, 0.4)])
@pytest.mark.parametrize("data_range", [255.0, 1000.0])
def test_the_constants_are_k_times_the_range_squared(k: tuple[float, float], data_range: float) -> None:
    rows = images(9, 9)
    ssim, _ = whole(map_strips(rows, windows_of(data_range=data_range, k=k, window="uniform-7")))
    expected = ssim_windows(
        rows.reference[:, :, 0], rows.candidate[:, :, 0], uniform(7), k=k, data_range=data_range
    ).ssim
    np.testing.assert_allclose(ssim[:, :, 0], expected[3:-3, 3:-3], rtol=0, atol=1e-12)


def test_every_channel_has_its_own_map() -> None:
    rows = images(14, 12, 3)
    ssim, _ = whole(map_strips(rows, windows_of()))
    assert ssim.shape == (4, 2, 3)
    for channel in range(3):
        expected = ssim_windows(rows.reference[:, :, channel], rows.candidate[:, :, channel], gaussian(11, 1.5)).ssim
        np.testing.assert_allclose(ssim[:, :, channel], expected[5:-5, 5:-5], rtol=0, atol=1e-12)


@pytest.mark.parametrize("window", ["gaussian-11-1.5", "uniform-3"])
@pytest.mark.parametrize("edges", ["valid", "reflect", "replicate"])
@pytest.mark.parametrize("channels", [1, 3])
def test_inside_a_mask_windows_read_its_pixels_only(window: str, edges: str, channels: int) -> None:
    plain = images(14, 13, channels)
    mask = np.random.RandomState(8).rand(14, 13) < 0.3
    windows = windows_of(window=window, edges=edges)
    strips = list(map_strips(SelectedRows(plain, mask, windows.centre), windows, mask))
    assert len(strips) == 1
    inner = np.s_[windows.margin : 14 - windows.margin, windows.margin : 13 - windows.margin]
    inside = mask[inner]
    for channel in range(channels):
        planes = plain.reference[:, :, channel], plain.candidate[:, :, channel]
        expected = ssim_windows(*planes, WEIGHTS[window], edges=edges, mask=mask)
        np.testing.assert_allclose(
            strips[0].ssim[:, :, channel][inside], expected.ssim[inner][inside], rtol=0, atol=1e-12
        )
        support = strips[0].support
        assert support is not None
        np.testing.assert_allclose(support[inside], expected.support[inner][inside], rtol=1e-13)
    assert np.isfinite(strips[0].ssim).all()


def test_the_centre_changes_nothing_but_rounding() -> None:
    rows = images(13, 13)
    maps = [whole(map_strips(rows, windows_of(centre)))[0] for centre in (0.0, 100.0, -50.0)]
    np.testing.assert_allclose(maps[0], maps[1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(maps[0], maps[2], rtol=0, atol=1e-12)


def test_a_high_level_does_not_cancel_the_variances_away() -> None:
    # Noise of 0..1 on a level of 1e6, range 1: without a centre the variances lose 12 digits.
    low = images(13, 13)
    low = HeldRows(low.reference / 255, low.candidate / 255)
    high = HeldRows(low.reference + 2.0**20, low.candidate + 2.0**20)
    _, expected = whole(map_strips(low, windows_of(0.5, 1.0)))
    _, found = whole(map_strips(high, windows_of(2.0**20, 1.0)))
    # The inputs themselves carry 2^20 * 2^-53 of rounding.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("height", [48 - 1, 48, 48 + 1, 48 + 10, 48 + 11, 2 * 48 + 10, 2 * 48 + 11])
@pytest.mark.parametrize(("edges", "margin"), [("valid", 5), ("reflect", 0), ("replicate", 0)])
def test_strips_follow_one_another_without_gap_or_overlap(height: int, edges: str, margin: int) -> None:
    assert STRIP_ROWS == 48
    strips = list(map_strips(images(height, 12), windows_of(edges=edges)))
    starts = [strip.start for strip in strips]
    assert starts == list(range(margin, height - margin, 48))
    assert [len(strip.ssim) for strip in strips] == [min(48, height - margin - start) for start in starts]
    assert {strip.ssim.shape[1] for strip in strips} == {12 - 2 * margin}
    assert all(strip.support is None for strip in strips)


def at_once(rows: HeldRows, windows: Windows, mask: np.ndarray | None) -> np.ndarray:
    """Return the whole map by scipy's filters over the image in one piece."""
    mode = {"valid": "nearest", "reflect": "mirror", "replicate": "nearest"}[windows.edges]

    def mean(plane: np.ndarray) -> np.ndarray:
        for axis in (0, 1):
            plane = ndimage.correlate1d(plane, windows.kernel, axis, mode=mode)
        return plane

    inside = np.ones(rows.shape[:2]) if mask is None else mask.astype(np.float64)
    weight = np.maximum(mean(inside[:, :, None]), 1e-300)
    x, y = (
        np.where(inside[:, :, None] > 0, image, 0.0) - 100 * inside[:, :, None]
        for image in (rows.reference, rows.candidate)
    )
    mean_x, mean_y = mean(x) / weight, mean(y) / weight
    variance_x, variance_y = mean(x * x) / weight - mean_x**2, mean(y * y) / weight - mean_y**2
    covariance = mean(x * y) / weight - mean_x * mean_y
    factor = len(windows.kernel) ** 2 / (len(windows.kernel) ** 2 - 1) if windows.sample else 1.0
    c1, c2 = windows.constants
    level = (2 * (mean_x + 100) * (mean_y + 100) + c1) / ((mean_x + 100) ** 2 + (mean_y + 100) ** 2 + c1)
    found = level * (2 * covariance * factor + c2) / ((variance_x + variance_y) * factor + c2)
    margin = windows.margin
    return np.asarray(found[margin : len(found) - margin, margin : found.shape[1] - margin])


@given(
    height=st.integers(1, 3 * STRIP_ROWS + 5),
    window=st.sampled_from(["gaussian-11-1.5", "uniform-3", "uniform-7"]),
    edges=st.sampled_from(["valid", "reflect", "replicate"]),
    covariance=st.sampled_from(["population", "sample"]),
    channels=st.sampled_from([1, 3]),
    masked=st.booleans(),
    data=st.data(),
)
@settings(max_examples=150, deadline=None)
def test_strips_give_the_map_of_the_image_in_one_piece(
    height: int, window: str, edges: str, covariance: str, channels: int, masked: bool, data: st.DataObject
) -> None:
    rows = images(height, 13, channels)
    windows = windows_of(window=window, edges=edges, covariance=covariance)
    try:
        check_size(rows.shape, windows)
    except SizeError:
        assert height < {"valid": 2 * windows.radius + 1, "reflect": windows.radius + 1, "replicate": 1}[edges]
        return
    mask = data.draw(masks((height, 13))) if masked else None
    source = rows if mask is None else SelectedRows(rows, mask, windows.centre)
    ssim, _ = whole(map_strips(source, windows, mask))
    expected = at_once(rows, windows, mask)
    assert ssim.shape == expected.shape
    margin = windows.margin
    counted = (
        np.ones(expected.shape[:2], np.bool_) if mask is None else mask[margin : height - margin, margin : 13 - margin]
    )
    np.testing.assert_allclose(ssim[counted], expected[counted], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("edges", "height"), [("valid", 125), ("reflect", 61), ("reflect", 130), ("replicate", 50)])
def test_a_window_may_be_wider_than_a_strip_is_high(edges: str, height: int) -> None:
    first = images(height, 150)
    windows = windows_of(window="uniform-121", edges=edges)
    ssim, _ = whole(map_strips(first, windows))
    np.testing.assert_allclose(ssim, at_once(first, windows, None), rtol=0, atol=1e-12)


@pytest.mark.parametrize("rows_of_a_strip", [1, 2, 7, 1000])
def test_the_height_of_a_strip_changes_nothing(monkeypatch: pytest.MonkeyPatch, rows_of_a_strip: int) -> None:
    rows, mask = images(60, 14), np.random.RandomState(9).rand(60, 14) < 0.5
    windows = windows_of(edges="reflect")
    expected = whole(map_strips(SelectedRows(rows, mask, 100.0), windows, mask))
    monkeypatch.setattr(ssim_map, "STRIP_ROWS", rows_of_a_strip)
    found = whole(map_strips(SelectedRows(rows, mask, 100.0), windows, mask))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("edges", "least"), [("valid", 11), ("reflect", 6), ("replicate", 1)])
def test_an_image_that_the_window_does_not_fit_is_refused(edges: str, least: int) -> None:
    windows = windows_of(edges=edges)
    check_size((least, 50, 3), windows)
    check_size((50, least, 3), windows)
    for shape in [(least - 1, 50, 3), (50, least - 1, 3)]:
        with pytest.raises(SizeError) as caught:
            check_size(shape, windows)
        assert str(caught.value) == (
            f"the image is too small for SSIM's window; found {shape[1]} x {shape[0]} pixels; expected at least "
            f"{least} pixels each way for a window of 11 with {edges} edges. Leave ssim out for such images, or crop "
            "less."
        )
    with pytest.raises(SizeError, match="too small for MS-SSIM's window"):
        check_size((0, 0, 1), windows, "MS-SSIM")


def test_the_smallest_images_have_maps_that_are_right() -> None:
    for edges, shape in [("valid", (11, 11)), ("reflect", (6, 6)), ("replicate", (1, 1)), ("replicate", (1, 3))]:
        first, second = (picture("noise", seed, *shape) for seed in (1, 2))
        rows = HeldRows(first[:, :, None].astype(np.float64), second[:, :, None].astype(np.float64))
        windows = windows_of(edges=edges)
        ssim, _ = whole(map_strips(rows, windows))
        expected = ssim_windows(first, second, gaussian(11, 1.5), edges=edges).ssim
        np.testing.assert_allclose(ssim[:, :, 0].ravel(), expected[~np.isnan(expected)], rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 5, 1), (4, 5, 3)])
def test_channel_sums_run_down_each_channel(shape: tuple[int, ...]) -> None:
    values = np.random.RandomState(10).rand(*shape)
    np.testing.assert_allclose(channel_sums(values), values.sum(axis=(0, 1)), rtol=1e-14)
    assert channel_sums(values).shape == (shape[2],)
