"""The array gate: which arrays are images and masks, and what their data range is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from srmetrics import EvaluationProtocol
from srmetrics.errors import ArrayError, ChannelError, MaskError, RangeError
from srmetrics.prepare.gate import FULL_DEPTH, check_image, check_mask, dtype_range, largest_value, range_notes

BOTH = [np.uint8, np.uint16, np.int8, np.int16, np.int32, np.uint32, np.float16, np.float32, np.float64]


def zeros(*shape: int, dtype: Any = np.uint8) -> NDArray[Any]:
    return np.zeros(shape, dtype)


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (5, 7, 2), (5, 7, 3), (5, 7, 4)])
def test_an_image_passes_as_it_is(dtype: Any, shape: tuple[int, ...]) -> None:
    image = zeros(*shape, dtype=dtype)
    assert check_image(image, "reference") is image


def test_one_channel_in_a_third_axis_is_dropped_as_a_view() -> None:
    image = np.arange(35, dtype=np.uint8).reshape(5, 7, 1)
    passed = check_image(image, "reference")
    assert passed.base is not None
    np.testing.assert_array_equal(np.arange(35).reshape(5, 7), passed)


def test_nested_lists_are_arrays_too() -> None:
    np.testing.assert_array_equal([[1, 2], [3, 4]], check_image([[1, 2], [3, 4]], "reference"))


@pytest.mark.parametrize("code", ["u2", "i4", "f4", "f8"])
def test_bytes_in_the_other_order_become_native_with_the_same_values(code: str) -> None:
    passed = check_image(np.array([[1, 258]]).astype(f">{code}"), "reference")
    assert passed.dtype == np.dtype(f"={code}")
    assert passed.dtype.isnative
    np.testing.assert_array_equal([[1, 258]], passed)


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (
            zeros(4, 4, dtype=bool),
            ArrayError,
            "the candidate holds truth values; expected numbers. For a black and white image, pass "
            "image.astype('uint8') * 255.",
        ),
        (zeros(4, 4, dtype=complex), ArrayError,
         "the candidate holds no real numbers; found dtype complex128; expected integers or floats."),
        ([["a"]], ArrayError, "the candidate holds no real numbers; found dtype <U1; expected integers or floats."),
        (None, ArrayError, "the candidate holds no real numbers; found dtype object; expected integers or floats."),
        (7, ArrayError, "the candidate is not an image; found shape (); expected H x W or H x W x C."),
        (zeros(9), ArrayError, "the candidate is not an image; found shape (9,); expected H x W or H x W x C."),
        (zeros(2, 2, 2, 2), ArrayError,
         "the candidate is not an image; found shape (2, 2, 2, 2); expected H x W or H x W x C."),
        (zeros(0, 4), ArrayError, "the candidate is not an image; found shape (0, 4); expected H x W or H x W x C."),
        (zeros(4, 4, 0), ArrayError,
         "the candidate is not an image; found shape (4, 4, 0); expected H x W or H x W x C."),
        (zeros(6, 8, 5), ChannelError,
         "the candidate has too many channels; found shape (6, 8, 5); expected 1 to 4 channels."),
        (zeros(4, 8, 5), ChannelError,
         "the candidate has too many channels; found shape (4, 8, 5); expected 1 to 4 channels. Channels stand last: "
         "move them with numpy.moveaxis(image, 0, -1)."),
        (zeros(5, 8, 5), ChannelError,
         "the candidate has too many channels; found shape (5, 8, 5); expected 1 to 4 channels."),
        (np.ma.masked_equal(zeros(4, 4), 0), ArrayError,
         "the candidate is a masked array, whose mask would be lost. Pass image.data, and "
         "mask=~numpy.ma.getmaskarray(image)."),
    ],
)  # fmt: skip
def test_what_is_no_image_is_told_why(image: Any, error: type[ArrayError], message: str) -> None:
    with pytest.raises(ArrayError) as caught:
        check_image(image, "candidate")
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_a_masked_array_can_be_scored_as_the_message_says() -> None:
    image = np.ma.masked_equal(np.array([[1, 2], [3, 1]], np.uint8), 1)
    np.testing.assert_array_equal([[1, 2], [3, 1]], check_image(image.data, "reference"))
    np.testing.assert_array_equal([[0, 1], [1, 0]], check_mask(~np.ma.getmaskarray(image), (2, 2)))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.float32])
def test_what_is_not_zero_is_inside_a_mask(dtype: Any) -> None:
    mask = check_mask(np.array([[0, 1], [1, 0]], dtype) * np.array(1, dtype), (2, 2))
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal([[False, True], [True, False]], mask)


def test_negative_and_small_values_are_inside_too() -> None:
    np.testing.assert_array_equal([[True, True, False]], check_mask([[-1.0, 1e-300, -0.0]], (1, 3)))


def test_a_mask_may_have_a_third_axis_of_one() -> None:
    np.testing.assert_array_equal([[False, True]], check_mask(np.array([[[0], [9]]]), (1, 2)))


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (zeros(2, 3), "the mask's size is not the reference's; found shape (2, 3); expected shape (3, 2)."),
        (zeros(3, 2, 3), "the mask's size is not the reference's; found shape (3, 2, 3); expected shape (3, 2)."),
        (zeros(3), "the mask's size is not the reference's; found shape (3,); expected shape (3, 2)."),
        (np.full((3, 2), "x"), "the mask holds no numbers; found dtype <U1."),
        (zeros(3, 2, dtype=complex), "the mask holds no numbers; found dtype complex128."),
        (np.full((3, 2), np.nan), "the mask holds NaN; expected zero outside, another number inside."),
        (np.array([[0, 0], [1, 0], [0, np.nan]]), "the mask holds NaN; expected zero outside, another number inside."),
    ],
)
def test_what_is_no_mask_is_told_why(mask: Any, message: str) -> None:
    with pytest.raises(MaskError) as caught:
        check_mask(mask, (3, 2))
    assert str(caught.value) == message


def test_only_8_and_16_bits_know_their_range() -> None:
    assert FULL_DEPTH == {np.dtype("uint8"): 255.0, np.dtype("uint16"): 65535.0}


def range_of(reference: Any, candidate: Any, told: float | None = None, **fields: Any) -> float | None:
    return dtype_range(zeros(2, 2, dtype=reference), zeros(2, 2, dtype=candidate), EvaluationProtocol(**fields), told)


@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255.0), (np.uint16, 65535.0)])
def test_the_range_comes_from_the_dtype_unless_it_is_told(dtype: Any, full: float) -> None:
    assert range_of(dtype, dtype) == full
    assert range_of(dtype, dtype, 4095) == 4095


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.uint32, np.float16, np.float32, np.float64])
def test_other_dtypes_must_be_told(dtype: Any) -> None:
    assert range_of(dtype, dtype, 4095) == 4095
    with pytest.raises(RangeError) as caught:
        range_of(dtype, dtype)
    assert str(caught.value) == (
        f"images of {np.dtype(dtype)} do not say what their range is; expected the value that full white stands for, "
        "such as 1.0, 255 or 4095. Give it: --data-range 1.0, or data_range=1.0."
    )


@pytest.mark.parametrize(
    "fields", [{"range": 255}, {"range": "given"}, {"range": "reference-max"}, {"value_window": "40/400"}]
)
def test_where_the_dtype_is_not_asked_it_says_nothing(fields: dict[str, Any]) -> None:
    assert range_of(np.float32, np.float32, **fields) is None
    assert range_of(np.uint8, np.uint8, **fields) is None
    assert range_of(np.uint8, np.uint8, 3, **fields) == 3


@pytest.mark.parametrize("told", [None, 255])
@pytest.mark.parametrize("fields", [{}, {"range": 255}, {"range": "reference-max"}])
def test_two_integer_depths_never_go_together(told: float | None, fields: dict[str, Any]) -> None:
    with pytest.raises(RangeError) as caught:
        range_of(np.uint16, np.uint8, told, **fields)
    assert str(caught.value) == (
        "the reference and the candidate have different depths; found reference uint16, candidate uint8. Save both at "
        "one depth."
    )


@pytest.mark.parametrize(("reference", "candidate"), [(np.uint8, np.float32), (np.float32, np.uint8)])
def test_integers_go_with_floats_only_where_the_range_does_not_come_from_the_dtype(
    reference: Any, candidate: Any
) -> None:
    for rule in ("dtype", "given"):
        with pytest.raises(RangeError) as caught:
            range_of(reference, candidate, range=rule)
        assert str(caught.value) == (
            f"the reference and the candidate have different depths; found reference {np.dtype(reference)}, candidate "
            f"{np.dtype(candidate)}. Save both at one depth, or give the range: --data-range 255."
        )
        assert range_of(reference, candidate, 255, range=rule) == 255
    assert range_of(reference, candidate, range=255) is None
    assert range_of(reference, candidate, range="reference-max") is None
    assert range_of(reference, candidate, value_window="40/400") is None


def test_two_float_depths_go_together() -> None:
    assert range_of(np.float32, np.float64, 1.0) == 1.0
    with pytest.raises(RangeError, match="images of float32 do not say"):
        range_of(np.float32, np.float64)


@pytest.mark.parametrize(("largest", "warned"), [(4095, True), (4096, False), (256, True)])
def test_12_bits_in_16_are_noticed(largest: int, warned: bool) -> None:
    image = np.array([[0, largest]], np.uint16)
    expected = (
        f"the reference is uint16 but its largest value is {largest}: if it holds 12 bits, give --data-range 4095 "
        "(65535 adds 24 dB)",
    )
    assert range_notes(image, 65535.0) == (expected if warned else ())


@pytest.mark.parametrize("largest", [0, 235, 255])
def test_8_bits_in_16_are_noticed(largest: int) -> None:
    expected = (
        f"the reference is uint16 but its largest value is {largest}: if it holds 8 bits, give --data-range 255 "
        "(65535 adds 48 dB)",  # 20 log10(65535 / 255) = 48.2
    )
    assert range_notes(np.array([[0, largest]], np.uint16), 65535.0) == expected


def test_12_bits_are_no_matter_for_other_ranges_and_dtypes() -> None:
    assert range_notes(np.array([[4095]], np.uint16), 4095.0) == ()
    assert range_notes(np.array([[4095.0]]), 65535.0) == ()
    assert range_notes(np.array([[255]], np.uint8), 65535.0) == ()


def test_values_above_the_range_are_noticed() -> None:
    assert range_notes(np.array([[1.0, 0.0]]), 1.0) == ()
    assert range_notes(np.array([[1.5, 0.0]]), 1.0) == ("the reference's largest value 1.5 is above the data range 1",)
    assert range_notes(np.array([[5000]], np.uint16), 4095.0) == (
        "the reference's largest value 5000 is above the data range 4095",
    )


@pytest.mark.parametrize(
    ("image", "largest"),
    [
        (np.array([[1, 9], [3, 4]], np.uint8), 9.0),
        (np.array([[-5, -9]], np.int16), -5.0),
        (np.array([[0.5, np.nan, np.inf, -np.inf]]), 0.5),
        (np.array([[np.nan]]), -np.inf),
        (np.array([[[1, 2, 3]]], np.uint8), 3.0),
        (np.array([[[1, 255]]], np.uint8), 1.0),  # grey and alpha
        (np.array([[[1, 2, 3, 255]]], np.uint8), 3.0),  # RGB and alpha
    ],
)
def test_the_largest_value_is_that_of_finite_colours(image: NDArray[Any], largest: float) -> None:
    assert largest_value(image) == largest
