"""From stored values to what a screen shows: by the window that is stated, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.report.display import display_window, shown_pixels
from srmetrics import EvaluationProtocol


def protocol(data_range: float = 255, **changes: Any) -> EvaluationProtocol:
    return EvaluationProtocol(**changes).resolve(data_range=None if "value_window" in changes else data_range)


def shown(image: NDArray[Any], rules: EvaluationProtocol, alpha: str = "error") -> list[int]:
    return shown_pixels(image, display_window(image, rules), alpha).ravel().tolist()


def test_eight_bits_are_shown_as_they_are_stored() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    window = display_window(image, protocol())
    assert shown_pixels(image, window, "error") is image
    assert window.words == "as stored, 8 bits"


def test_sixteen_bits_span_the_range_that_was_scored() -> None:
    image = np.array([[0, 4095 // 2, 4095]], np.uint16)
    assert shown(image, protocol(4095)) == [0, round(2047 / 4095 * 255), 255]
    assert display_window(image, protocol(4095)).words == "0 to 4095, the range that was scored"


def test_a_picture_in_a_corner_of_its_range_is_shown_by_its_own_values_and_says_so() -> None:
    image = np.array([[1000, 2000, 3000]], np.uint16)
    assert shown(image, protocol(65535)) == [0, 128, 255]
    words = display_window(image, protocol(65535)).words
    assert words == "1000 to 3000, the reference's own values (range 65535)"


@pytest.mark.parametrize(("largest", "brightest"), [(2040, 255), (2060, 128)])
def test_a_picture_that_would_be_dark_is_shown_by_its_own_values(largest: int, brightest: int) -> None:
    # Less than half of the range: no pixel would reach the middle of the screen's greys.
    assert max(shown(np.array([[0, largest]], np.uint16), protocol(4095))) == brightest


def test_a_candidate_is_shown_by_the_references_window_and_clipped_to_it() -> None:
    reference = np.array([[0.0, 1.0]], np.float32)
    window = display_window(reference, protocol(1.0))
    candidate = np.array([[-0.5, 0.5, 1.7, np.nan]], np.float32)
    assert shown_pixels(candidate, window, "error").ravel().tolist() == [0, 128, 255, 0]


def test_signed_values_begin_at_the_smallest() -> None:
    image = np.array([[-1024.0, 1023.5, 3071.0]])
    assert shown(image, protocol(4095)) == [0, 128, 255]


def test_the_value_window_is_dicoms() -> None:
    # DICOM PS3.3 C.11.2.1.2.1: x <= c - 0.5 - (w-1)/2 is black, x > c - 0.5 + (w-1)/2 is white, linear between.
    image = np.array([[-200, -160, 40, 239, 300]], np.int16)
    rules = protocol(value_window="40/400")
    by_formula = np.clip(((image - 39.5) / 399 + 0.5) * 255, 0, 255)
    assert shown(image, rules) == np.rint(by_formula).astype(int).ravel().tolist()
    assert "40/400" in display_window(image, rules).words


def test_a_constant_picture_is_shown() -> None:
    assert shown(np.full((2, 2), 7.0), protocol(1.0)) == [0, 0, 0, 0]
    assert shown(np.full((1, 1), np.nan), protocol(1.0)) == [0]


@pytest.mark.parametrize(("alpha", "expected"), [("drop", [100, 100]), ("composite", [100, 255])])
def test_alpha_is_dropped_or_laid_over_white_as_it_was_scored(alpha: str, expected: list[int]) -> None:
    image = np.array([[[100, 255], [100, 0]]], np.uint8)
    assert shown(image, protocol(alpha=alpha), alpha) == expected


def test_strips_make_no_difference() -> None:
    image = np.random.default_rng(0).random((150, 7))
    window = display_window(image, protocol(1.0))
    whole = np.rint(np.clip((image - window.low) * (255 / (window.high - window.low)), 0, 255)).astype(np.uint8)
    assert np.array_equal(whole, shown_pixels(image, window, "error"))
