"""Bringing two images to one size: what is cut, from where, and what is refused."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from srmetrics.errors import SizeError
from srmetrics.prepare.align import Frame, align


def picture(height: int, width: int, *channels: int, dtype: Any = np.uint8) -> np.ndarray:
    return np.random.RandomState(height * width).randint(0, 200, (height, width, *channels)).astype(dtype)


def test_a_frame_cuts_a_view() -> None:
    image = picture(6, 8, 3)
    cut = Frame(1, 2, 5, 6).cut(image)
    assert np.shares_memory(cut, image)
    np.testing.assert_array_equal(image[1:5, 2:6], cut)


@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("crop", [0, 1, 3])
def test_crop_is_slicing_of_both(channels: tuple[int, ...], crop: int) -> None:
    reference, candidate = picture(8, 9, *channels), picture(8, 9, *channels) + 1
    first, second, frame = align(reference, candidate, "none", crop)
    assert frame == Frame(crop, crop, 8 - crop, 9 - crop)
    np.testing.assert_array_equal(reference[crop : 8 - crop, crop : 9 - crop], first)
    np.testing.assert_array_equal(candidate[crop : 8 - crop, crop : 9 - crop], second)


def test_modcrop_cuts_the_reference_at_the_bottom_and_right_before_the_crop() -> None:
    reference, candidate = picture(11, 14), picture(8, 12)
    first, second, frame = align(reference, candidate, "modcrop-4", 1)
    assert frame == Frame(1, 1, 7, 11)
    np.testing.assert_array_equal(reference[1:7, 1:11], first)
    np.testing.assert_array_equal(candidate[1:7, 1:11], second)


def test_modcrop_of_a_multiple_cuts_nothing() -> None:
    assert align(picture(8, 12), picture(8, 12), "modcrop-4", 0)[2] == Frame(0, 0, 8, 12)


@pytest.mark.parametrize(("one", "other"), [((7, 9), (8, 8)), ((8, 8), (7, 9)), ((7, 8), (9, 9)), ((9, 9), (7, 8))])
def test_crop_alignment_keeps_the_common_top_left(one: tuple[int, int], other: tuple[int, int]) -> None:
    reference, candidate = picture(*one), picture(*other)
    first, second, frame = align(reference, candidate, "crop", 1)
    assert frame == Frame(1, 1, 6, 7)
    np.testing.assert_array_equal(reference[1:6, 1:7], first)
    np.testing.assert_array_equal(candidate[1:6, 1:7], second)


RULES = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos4": cv2.INTER_LANCZOS4,
}


def opencv_alone(image: Any, size: tuple[int, int], interpolation: int) -> Any:
    """Call cv2.resize without Intel's IPP, whose pixels depend on the processor."""
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        return cv2.resize(np.ascontiguousarray(image), size, interpolation=interpolation)
    finally:
        cv2.ipp.setUseIPP(before)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_the_candidate_is_resized_by_the_opencv_rule_in_its_own_dtype(rule: str, dtype: Any) -> None:
    reference, candidate = picture(12, 10, 3, dtype=dtype), picture(7, 20, 3, dtype=dtype)[:, ::2]
    first, second, frame = align(reference, candidate, f"resize-opencv-{rule}", 2)
    assert frame == Frame(2, 2, 10, 8)
    np.testing.assert_array_equal(reference[2:10, 2:8], first)
    # cv2.resize takes (width, height).
    expected = opencv_alone(candidate, (10, 12), RULES[rule])[2:10, 2:8]
    assert second.dtype == dtype
    np.testing.assert_array_equal(expected, second)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.uint32, np.float16])
def test_dtypes_that_opencv_does_not_resize_become_doubles(dtype: Any) -> None:
    candidate = picture(7, 5).astype(np.float64) / 2
    _, second, _ = align(picture(12, 10), candidate.astype(dtype), "resize-opencv-bilinear", 0)
    assert second.dtype == np.float64
    expected = opencv_alone(candidate.astype(dtype).astype(np.float64), (10, 12), cv2.INTER_LINEAR)
    np.testing.assert_array_equal(expected, second)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_resizing_does_not_depend_on_the_processors_library(rule: str, dtype: Any) -> None:
    """On or off, IPP is not called, and stays as it was; where it is called, doubles keep seven digits."""
    images = picture(24, 20, 3, dtype=dtype), picture(7, 9, 3, dtype=dtype)
    before = cv2.ipp.useIPP()
    seen = []
    for switch in (True, False):
        cv2.ipp.setUseIPP(switch)
        seen.append(align(*images, f"resize-opencv-{rule}", 0)[1])
        assert cv2.ipp.useIPP() == switch or not before
    cv2.ipp.setUseIPP(before)
    np.testing.assert_array_equal(*seen)


def test_the_processors_library_is_switched_off_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    switched: list[bool] = []
    monkeypatch.setattr(cv2.ipp, "setUseIPP", switched.append)
    for before in (True, False):
        monkeypatch.setattr(cv2.ipp, "useIPP", lambda before=before: before)
        align(picture(12, 10), picture(7, 9), "resize-opencv-bicubic", 0)
    assert switched == [False, True, False, False]


@pytest.mark.parametrize("channels", [(), (3,)])
def test_nothing_is_resized_that_has_the_size_already(channels: tuple[int, ...]) -> None:
    candidate = picture(12, 10, *channels, dtype=np.int32)
    _, second, _ = align(picture(12, 10, *channels), candidate, "resize-opencv-bicubic", 0)
    assert np.shares_memory(second, candidate)


@pytest.mark.parametrize(
    ("rule", "size", "expected"),
    [("none", (8, 9), "10 x 9"), ("none", (9, 9), "10 x 9"), ("none", (8, 10), "10 x 9"),
     ("modcrop-4", (9, 10), "8 x 8"), ("modcrop-4", (8, 10), "8 x 8")],
)  # fmt: skip
def test_sizes_that_differ_are_refused_with_width_before_height(
    rule: str, size: tuple[int, int], expected: str
) -> None:
    with pytest.raises(SizeError) as caught:
        align(picture(9, 10), picture(*size), rule, 0)
    assert str(caught.value) == (
        f"the candidate's size is not the reference's; found {size[1]} x {size[0]} pixels; expected {expected} pixels. "
        "If one is cut or scaled on purpose, say so: --align modcrop, crop or resize-opencv-bilinear."
    )


@pytest.mark.parametrize(("height", "width"), [(6, 20), (20, 6), (5, 5)])
def test_a_crop_that_leaves_nothing_is_refused(height: int, width: int) -> None:
    with pytest.raises(SizeError) as caught:
        align(picture(height, width), picture(height, width), "none", 3)
    assert str(caught.value) == (
        f"nothing is left of the image after the crop; found {width} x {height} pixels and a crop of 3 on each side; "
        "expected at least 7 pixels each way."
    )


def test_a_crop_may_leave_one_pixel() -> None:
    first, _, _ = align(picture(7, 7), picture(7, 7), "none", 3)
    np.testing.assert_array_equal(picture(7, 7)[3:4, 3:4], first)
