"""What a field may hold: every word, every boundary of every number, and one spelling for each value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srmetrics.errors import ProtocolError, RangeError
from srmetrics.fields import (
    ALPHA_POLICIES,
    COLOURS,
    COVARIANCES,
    DOWNSAMPLINGS,
    EDGES,
    GREY_POLICIES,
    MASKINGS,
    POOLINGS,
    RANGE_RULES,
    RESIZE_RULES,
    ROUNDINGS,
    check_alignment,
    is_number,
    one_of,
    parse_value_window,
    pixels_or_rule,
    positive_range,
    shortest,
    two_constants,
    whole_scale,
    window_sigma,
    window_size,
)


def test_the_words_of_every_field_are_those_of_the_design() -> None:
    assert COLOURS == ("all-channels", "mean-of-channels", "y-bt601", "luma-bt601")
    assert ROUNDINGS == ("none", "integer")
    assert GREY_POLICIES == ("keep", "expand")
    assert ALPHA_POLICIES == ("error", "drop", "composite")
    assert RESIZE_RULES == ("opencv-nearest", "opencv-bilinear", "opencv-bicubic", "opencv-area", "opencv-lanczos4")
    assert RANGE_RULES == ("dtype", "given", "reference-max")
    assert POOLINGS == ("image", "volume")
    assert MASKINGS == ("normalised", "interior", "map", "zeroed")
    assert EDGES == ("valid", "reflect", "replicate")
    assert COVARIANCES == ("population", "sample")
    assert DOWNSAMPLINGS == ("none", "wang", "avg-pool")


def test_a_word_that_a_field_does_not_know_is_named_with_those_it_knows() -> None:
    one_of("edges", "valid", EDGES)
    with pytest.raises(ProtocolError) as caught:
        one_of("edges", "same", EDGES)
    assert (
        str(caught.value)
        == "the field edges has no such value; found 'same'; expected one of valid, reflect, replicate."
    )


@pytest.mark.parametrize(
    "rule", ["none", "crop", "modcrop", "modcrop-1", "modcrop-12", *(f"resize-{rule}" for rule in RESIZE_RULES)]
)
def test_every_alignment_of_the_design_is_taken(rule: str) -> None:
    check_alignment(rule)


@pytest.mark.parametrize(
    "rule", ["", "None", "modcrop-0", "modcrop-", "modcrop-x", "resize", "resize-bilinear", "crop-4", "none\n", 3, None]
)
def test_an_unknown_alignment_is_refused(rule: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        check_alignment(rule)
    assert str(caught.value) == (
        f"the field align has no such value; found {rule!r}; expected none, crop, modcrop, modcrop-SCALE, or resize- "
        "and one of opencv-nearest, opencv-bilinear, opencv-bicubic, opencv-area, opencv-lanczos4."
    )


@pytest.mark.parametrize(
    "value", [1, 1.5, np.uint8(255), np.int64(3), np.float32(0.5), np.float64(2), 5e-324, 1.7976931348623157e308]
)
def test_a_data_range_may_be_any_finite_number_above_0(value: Any) -> None:
    result = positive_range(value)
    assert type(result) is float
    assert result == value


@pytest.mark.parametrize(
    "value", [0, -1, 0.0, 10**400, float("nan"), float("inf"), True, np.bool_(True), "255", None, 1j]
)
def test_anything_else_cannot_be_a_data_range(value: Any) -> None:
    with pytest.raises(RangeError) as caught:
        positive_range(value)
    assert str(caught.value) == f"this cannot be a data range; found {value!r}; expected a finite number above 0."


@pytest.mark.parametrize(("scale", "whole"), [(1, 1), (4, 4), (3.0, 3), (np.int64(2), 2), (np.float32(8), 8)])
def test_a_scale_is_a_whole_number_of_at_least_1(scale: Any, whole: int) -> None:
    assert whole_scale(scale) == whole
    assert type(whole_scale(scale)) is int


@pytest.mark.parametrize("scale", [0, 10**400, 0.5, 1.5, -2, True, "4", None, float("nan"), float("inf")])
def test_what_is_no_scale_is_refused(scale: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        whole_scale(scale)
    assert str(caught.value) == f"this cannot be a scale; found {scale!r}; expected a whole number, at least 1."


@pytest.mark.parametrize(
    ("text", "centre", "width"),
    [("40/400", 40, 400), ("-600/1500", -600, 1500), ("0.5/1.5", 0.5, 1.5), ("1e2/2e2", 100, 200)],
)
def test_a_value_window_is_centre_and_width(text: str, centre: float, width: float) -> None:
    assert parse_value_window(text) == (centre, width)


@pytest.mark.parametrize(
    "text", ["40", "40/", "/400", "40/1", "40/0.5", "40/-400", "nan/400", "40/inf", "a/b", "1/2/3", 7]
)
def test_a_value_window_needs_two_finite_numbers_and_a_width_above_1(text: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_value_window(text)
    assert str(caught.value) == (
        f"the field value_window has no such value; found {text!r}; expected none, or centre/width with a width above "
        "1, such as 40/400."
    )


@pytest.mark.parametrize(
    ("window", "size", "sigma"),
    [
        ("gaussian-11-1.5", 11, 1.5),
        ("gaussian-3-0.01", 3, 0.01),
        ("gaussian-3-1000", 3, 1000.0),
        ("uniform-3", 3, None),
        ("uniform-999", 999, None),
        ("uniform-7", 7, None),
    ],
)
def test_a_window_has_a_size_and_a_gaussian_one_a_sigma(window: str, size: int, sigma: float | None) -> None:
    assert window_size(window) == size
    assert window_sigma(window) == sigma


@pytest.mark.parametrize(
    "window",
    [
        "uniform-1", "uniform-2", "uniform-8", "uniform-0", "uniform-1001", "uniform", "gaussian-11",
        "gaussian-10-1.5", "gaussian-1-1.5",
        "gaussian-11-0", "gaussian-11-0.009", "gaussian-11-1000.5", "gaussian-11-.5", "gaussian-11-1e3", "box-7",
        "xgaussian-11-1.5", "uniform-7x", 7, None,
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused(window: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        window_size(window)
    assert str(caught.value) == (
        f"the field window has no such value; found {window!r}; expected gaussian-SIZE-SIGMA or uniform-SIZE with an "
        "odd size of 3 to 999 and a sigma of 0.01 to 1000."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(255.0, "255"), (0.1, "0.1"), (1e-8, "1e-08"), (-0.5, "-0.5"), (1e15, "1000000000000000"), (1e16, "1e+16"),
     (-1e16, "-1e+16"), (0.0, "0"), (-0.0, "0")],
)  # fmt: skip
def test_a_float_is_written_as_the_shortest_text_that_reads_back(value: float, text: str) -> None:
    assert shortest(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("value", "answer"),
    [(1, True), (0.5, True), (np.float16(1), True), (np.uint8(1), True), (True, False), (np.bool_(True), False),
     ("1", False), (None, False), (float("nan"), False), (float("-inf"), False), (np.float32("inf"), False)],
)  # fmt: skip
def test_a_number_is_finite_and_no_truth_value(value: Any, answer: bool) -> None:
    assert is_number(value) is answer


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0, 0), (4, 4), (np.int64(4), 4), ("0", 0), ("10", 10), ("scale", "scale"), ("scale+6", "scale+6")],
)
def test_a_crop_is_pixels_or_a_rule(given: Any, kept: int | str) -> None:
    result = pixels_or_rule(given)
    assert result == kept
    assert type(result) is type(kept)


@pytest.mark.parametrize("crop", [-1, 1.0, True, "-1", "04", "scale-1", "scale+", "scale+x", "", None, "4 "])
def test_what_is_no_crop_is_refused(crop: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        pixels_or_rule(crop)
    assert str(caught.value) == (
        f"the field crop has no such value; found {crop!r}; expected a whole number of pixels, 'scale' or 'scale+N'."
    )


@pytest.mark.parametrize("k", [(0.01, 0.03), [0.01, 0.03], (np.float64(0.01), 0.03), (0, 0), (1, 2)])
def test_k_is_two_numbers_of_at_least_0(k: Any) -> None:
    result = two_constants(k)
    assert type(result) is tuple
    assert all(type(value) is float for value in result)
    assert result == tuple(k)


@pytest.mark.parametrize(
    "k", [0.01, (0.01,), (0.01, 0.03, 0.05), (-0.01, 0.03), (0.01, float("nan")), ("a", "b"), "ab", None]
)
def test_what_is_no_k_is_refused(k: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        two_constants(k)
    assert str(caught.value) == f"the field k has no such value; found {k!r}; expected two numbers >= 0."
