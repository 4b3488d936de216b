"""Making images smaller before SSIM: the rule for the factor, the two filters, and what becomes of a mask."""

from __future__ import annotations

import math

import numpy as np
import pytest
from brute_force import box_subsampled as boxed

from srmetrics.metrics import downsample as room
from srmetrics.metrics.downsample import automatic_factor, box_subsample, downsample, read_whole
from srmetrics.prepare.colour import Strip
from srmetrics.prepare.pair import HeldRows, SelectedRows

RANDOM = np.random.RandomState(11)


def images(height: int, width: int, channels: int = 1) -> HeldRows:
    return HeldRows(*(RANDOM.rand(2, height, width, channels) * 255))


@pytest.mark.parametrize(
    ("side", "wang", "avg_pool"),
    # MATLAB rounds halves away from zero, Python half to even: they part at 640 = 2.5 * 256 and at 128.
    [
        (1, 1, 1),
        (256, 1, 1),
        (383, 1, 1),
        (384, 2, 2),
        (639, 2, 2),
        (640, 3, 2),
        (641, 3, 3),
        (896, 4, 4),
        (1152, 5, 4),
    ],
)
def test_the_factor_is_the_shorter_side_over_256_rounded(side: int, wang: int, avg_pool: int) -> None:
    for size in [(side, side), (side, side + 999), (side + 999, side)]:
        assert automatic_factor(*size, "wang") == wang
        assert automatic_factor(*size, "avg-pool") == avg_pool


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("channels", [1, 3])
def test_wangs_filter_is_a_symmetric_box_and_every_nth_pixel(factor: int, channels: int) -> None:
    image = images(11, 14, channels).reference
    found = box_subsample(image, factor)
    assert found.shape == (math.ceil(11 / factor), math.ceil(14 / factor), channels)
    for channel in range(channels):
        np.testing.assert_allclose(found[:, :, channel], boxed(image[:, :, channel], factor), rtol=1e-13)


@pytest.fixture
def by_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "automatic_factor", lambda height, width, rule: 3)


def pooled(image: np.ndarray) -> np.ndarray:
    rows, columns = image.shape[0] // 3, image.shape[1] // 3
    return np.array(
        [
            [image[3 * row : 3 * row + 3, 3 * column : 3 * column + 3].mean() for column in range(columns)]
            for row in range(rows)
        ]
    )


def small(image: np.ndarray, rule: str) -> np.ndarray:
    return boxed(image, 3) if rule == "wang" else pooled(image)


@pytest.mark.parametrize("rule", ["none", "wang", "avg-pool"])
@pytest.mark.parametrize("size", [(383, 500), (10, 10)])
def test_small_images_and_the_rule_none_change_nothing(rule: str, size: tuple[int, int]) -> None:
    rows = images(*size)
    mask = np.ones(size, np.bool_)
    found, kept = downsample(rows, mask, rule)
    assert found is rows
    assert kept is mask


def test_the_rule_none_never_makes_smaller() -> None:
    rows = images(600, 400)
    assert downsample(rows, None, "none") == (rows, None)


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
def test_large_images_are_made_smaller_by_their_rules_factor(rule: str) -> None:
    rows, mask = downsample(images(640, 641, 3), None, rule)
    assert mask is None
    assert rows.shape == ((214, 214, 3) if rule == "wang" else (320, 320, 3))


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
@pytest.mark.usefixtures("by_3")
def test_both_images_are_made_smaller_and_remainders_are_dropped_by_pooling(rule: str) -> None:
    rows = images(11, 13)
    found, _ = downsample(rows, None, rule)
    first, second = found.rows(0, found.shape[0])
    np.testing.assert_allclose(first[:, :, 0], small(rows.reference[:, :, 0], rule), rtol=1e-13)
    np.testing.assert_allclose(second[:, :, 0], small(rows.candidate[:, :, 0], rule), rtol=1e-13)


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
@pytest.mark.usefixtures("by_3")
def test_a_small_pixel_is_inside_where_half_of_its_block_is(rule: str) -> None:
    rows, mask = images(12, 15), RANDOM.rand(12, 15) < 0.5
    share = small(mask.astype(np.float64), rule)
    for masking, least in [("map", 0.5), ("interior", 1.0), ("normalised", 0.5)]:
        _, found = downsample(rows, mask, rule, masking)
        np.testing.assert_array_equal(share >= least - 1e-9, found)
    _, found = downsample(rows, np.ones((12, 15), np.bool_), rule, "interior")
    assert found is not None
    assert found.all()


@pytest.mark.usefixtures("by_3")
def test_exactly_half_of_a_block_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "automatic_factor", lambda height, width, rule: 2)
    mask = np.array([[1, 1, 1, 0], [0, 0, 0, 0]], np.bool_)
    _, found = downsample(images(2, 4), mask, "avg-pool")
    np.testing.assert_array_equal([[True, False]], found)


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
@pytest.mark.parametrize("masking", ["map", "interior"])
@pytest.mark.usefixtures("by_3")
def test_under_map_and_interior_blocks_are_means_of_what_is_there(rule: str, masking: str) -> None:
    rows, mask = images(12, 15), RANDOM.rand(12, 15) < 0.5
    found, _ = downsample(rows, mask, rule, masking)
    first, second = found.rows(0, found.shape[0])
    np.testing.assert_allclose(first[:, :, 0], small(rows.reference[:, :, 0], rule), rtol=1e-13)
    np.testing.assert_allclose(second[:, :, 0], small(rows.candidate[:, :, 0], rule), rtol=1e-13)


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
@pytest.mark.parametrize("outside", [0.0, 127.5])
@pytest.mark.usefixtures("by_3")
def test_under_normalised_blocks_are_means_of_the_masks_pixels(rule: str, outside: float) -> None:
    rows, mask = images(12, 15), RANDOM.rand(12, 15) < 0.6
    found, inside = downsample(SelectedRows(rows, mask, outside), mask, rule, "normalised")
    assert isinstance(found, SelectedRows)
    assert found.outside == outside
    assert inside is found.mask
    share = small(mask.astype(np.float64), rule)
    for image, seen in zip((rows.reference, rows.candidate), found.rows(0, found.shape[0]), strict=True):
        with np.errstate(invalid="ignore"):
            means = small(np.where(mask, image[:, :, 0], 0.0), rule) / share
        expected = np.where(share >= 0.5, means, outside)
        np.testing.assert_allclose(seen[:, :, 0], expected, rtol=1e-12)


@pytest.mark.usefixtures("by_3")
def test_blocks_without_a_pixel_inside_hold_a_number() -> None:
    rows, mask = images(12, 15), np.zeros((12, 15), np.bool_)
    mask[:3, :3] = True
    found, _ = downsample(SelectedRows(rows, mask, 5.0), mask, "avg-pool", "normalised")
    first, _ = found.rows(0, 4)
    assert first[0, 0, 0] == pytest.approx(rows.reference[:3, :3].mean())
    np.testing.assert_array_equal(np.full(19, 5.0), first.ravel()[1:])


@pytest.mark.usefixtures("by_3")
def test_rows_that_select_nothing_hold_0_outside() -> None:
    rows, mask = images(12, 15), RANDOM.rand(12, 15) < 0.6
    zeroed = HeldRows(rows.reference * mask[:, :, None], rows.candidate * mask[:, :, None])
    found, _ = downsample(zeroed, mask, "avg-pool", "normalised")
    expected, _ = downsample(SelectedRows(rows, mask, 0.0), mask, "avg-pool", "normalised")
    for one, other in zip(expected.rows(0, 4), found.rows(0, 4), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("height", [1, 47, 48, 49, 97])
def test_whole_images_are_read_from_strips(height: int) -> None:
    rows, mask = images(height, 5, 3), np.ones((height, 5), np.bool_)
    first, second = read_whole(SelectedRows(rows, mask, 0.0))
    np.testing.assert_array_equal(rows.reference, first)
    np.testing.assert_array_equal(rows.candidate, second)


def test_each_row_is_converted_once_and_never_many_at_a_time() -> None:
    class Watched:
        shape = (97, 5, 3)

        def __init__(self) -> None:
            self.strips: list[tuple[int, int]] = []

        def rows(self, start: int, stop: int) -> tuple[Strip, Strip]:
            self.strips.append((start, stop))
            return np.zeros((stop - start, 5, 3)), np.zeros((stop - start, 5, 3))

    watched = Watched()
    read_whole(watched)
    assert watched.strips == [(0, 48), (48, 96), (96, 97)]


def test_what_is_held_is_not_copied() -> None:
    rows = images(5, 5)
    assert read_whole(rows)[0] is rows.reference
    assert read_whole(rows)[1] is rows.candidate
