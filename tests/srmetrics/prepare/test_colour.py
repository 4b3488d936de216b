"""From stored to scored values: each step by its own formula, in the protocol's order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srmetrics import EvaluationProtocol
from srmetrics.errors import RangeError
from srmetrics.prepare.colour import FULL_LUMA, STUDIO_OFFSET, STUDIO_Y, Conversion, conversion_for, round_half_away

RANDOM = np.random.RandomState(3)
GREY = RANDOM.randint(0, 256, (5, 7)).astype(np.uint8)
RGB = RANDOM.randint(0, 256, (5, 7, 3)).astype(np.uint8)
ALPHA = RANDOM.randint(0, 256, (5, 7)).astype(np.uint8)


def conversion(data_range: float = 255.0, floats: bool = False, **fields: Any) -> Conversion:
    return conversion_for(EvaluationProtocol(**{"range": data_range, **fields}), floats, data_range)


def studio_y(rgb: np.ndarray, data_range: float = 255.0) -> np.ndarray:
    # ITU-R BT.601 in the scaling of MATLAB's rgb2ycbcr: black gives 16, white gives 235.
    red, green, blue = np.moveaxis(rgb.astype(np.float64), 2, 0)
    return 16 * data_range / 255 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255


def test_the_weights_are_those_of_bt601() -> None:
    assert STUDIO_Y == (65.481, 128.553, 24.966)
    assert STUDIO_OFFSET + sum(STUDIO_Y) == pytest.approx(235.0, abs=1e-12)
    assert FULL_LUMA == (0.299, 0.587, 0.114)


@pytest.mark.parametrize("colour", ["all-channels", "mean-of-channels"])
@pytest.mark.parametrize(
    "dtype", [np.uint8, np.uint16, np.int16, np.int32, np.float16, np.float32, np.float64, np.longdouble]
)
@pytest.mark.parametrize("image", [GREY, RGB])
def test_channels_are_kept_as_they_are_in_double_precision(image: np.ndarray, dtype: Any, colour: str) -> None:
    stored = image.astype(dtype)
    values = conversion(colour=colour).apply(stored, None)
    assert values.dtype == np.float64
    assert values.flags.c_contiguous
    np.testing.assert_array_equal(stored.astype(np.float64).reshape(5, 7, -1), values)


def test_rows_that_lie_apart_in_memory_are_read_right() -> None:
    wide = np.repeat(RGB, 2, axis=1)[:, ::2]
    np.testing.assert_array_equal(RGB, conversion().apply(wide, None))
    np.testing.assert_array_equal(RGB[:, :, 1:2], conversion().apply(RGB[:, :, 1], None))
    for dtype in (np.uint8, np.float64):
        columns_first = conversion().apply(np.asfortranarray(RGB.astype(dtype)), None)
        np.testing.assert_array_equal(RGB, columns_first)
        assert columns_first.flags.c_contiguous


@pytest.mark.parametrize("data_range", [1.0, 255.0, 65535.0])
def test_studio_y_runs_from_16_to_235_of_255(data_range: float) -> None:
    rgb = RGB.astype(np.float64) * (data_range / 255)
    rgb[0, 0], rgb[0, 1] = 0.0, data_range
    values = conversion(data_range, floats=True, colour="y-bt601").apply(rgb, None)
    assert values.shape == (5, 7, 1)
    # Two roundings of the products apart: 1e-14 of the range.
    np.testing.assert_allclose(values[:, :, 0], studio_y(rgb, data_range), rtol=0, atol=1e-14 * data_range)
    np.testing.assert_allclose(
        values[0, :2, 0], [16 * data_range / 255, 235 * data_range / 255], rtol=0, atol=1e-14 * data_range
    )


def test_full_range_luma_runs_from_0_to_the_range() -> None:
    values = conversion(colour="luma-bt601").apply(RGB, None)
    red, green, blue = np.moveaxis(RGB.astype(np.float64), 2, 0)
    np.testing.assert_allclose(values[:, :, 0], 0.299 * red + 0.587 * green + 0.114 * blue, rtol=0, atol=1e-12)


@pytest.mark.parametrize("colour", ["y-bt601", "luma-bt601"])
@pytest.mark.parametrize("rounding", ["none", "integer"])
def test_one_channel_is_never_taken_for_rgb(colour: str, rounding: str) -> None:
    made = conversion(colour=colour, round=rounding)
    assert made.channels(GREY) == 1
    np.testing.assert_array_equal(GREY[:, :, None], made.apply(GREY, None))
    np.testing.assert_array_equal(GREY[:, :, None] + 0.25, made.apply(GREY + 0.25, None))


def test_expanded_grey_is_rgb_with_equal_channels() -> None:
    triple = np.dstack([GREY] * 3)
    plain = conversion(grey="expand")
    assert plain.channels(GREY) == 3
    np.testing.assert_array_equal(triple, plain.apply(GREY, None))
    np.testing.assert_array_equal(RGB, plain.apply(RGB, None))
    luma = conversion(grey="expand", colour="y-bt601")
    assert luma.channels(GREY) == 1
    np.testing.assert_array_equal(luma.apply(triple, None), luma.apply(GREY, None))


@pytest.mark.parametrize("colour", ["y-bt601", "luma-bt601"])
def test_luma_is_rounded_only_where_the_protocol_says_so(colour: str) -> None:
    exact = conversion(colour=colour).apply(RGB, None)
    rounded = conversion(colour=colour, round="integer").apply(RGB, None)
    np.testing.assert_array_equal(np.floor(exact + 0.5), rounded)
    assert (rounded != exact).any()


def test_16_bits_are_rounded_on_their_own_scale() -> None:
    rgb = RGB.astype(np.uint16) * 257
    rounded = conversion(65535.0, colour="y-bt601", round="integer").apply(rgb, None)
    np.testing.assert_array_equal(np.floor(studio_y(rgb, 65535.0) + 0.5), rounded[:, :, 0])


def test_halves_are_rounded_away_from_zero() -> None:
    values = np.array([0.5, 1.5, 2.5, 2.4999999999999996, -0.5, -1.5, -2.5, 0.0, 3.0])
    np.testing.assert_array_equal([1, 2, 3, 2, -1, -2, -3, 0, 3], round_half_away(values))


@pytest.mark.parametrize(
    ("image", "dtype", "opaque"), [(GREY, np.uint8, 255), (RGB, np.uint8, 255), (RGB, np.uint16, 65535)]
)
def test_alpha_is_laid_over_white_at_the_dtypes_full_depth(image: np.ndarray, dtype: Any, opaque: int) -> None:
    # White is the data range, also where it is told to be 200.
    values = conversion(200.0).apply(image.astype(dtype), ALPHA.astype(dtype))
    cover = ALPHA[:, :, None].astype(np.float64) / opaque
    expected = image.reshape(5, 7, -1) * cover + 200 * (1 - cover)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)


def test_float_alpha_runs_from_0_to_1_whatever_the_range() -> None:
    values = conversion(255.0, floats=True).apply(np.full((1, 3), 100.0), np.array([[0.0, 0.5, 1.0]]))
    np.testing.assert_array_equal([[255.0, 177.5, 100.0]], values[:, :, 0])


def test_composited_values_are_rounded_where_the_protocol_rounds() -> None:
    plain = conversion().apply(GREY, ALPHA)
    np.testing.assert_array_equal(np.floor(plain + 0.5), conversion(round="integer").apply(GREY, ALPHA))
    # Before Y is taken, and Y again after it, as if the composite had been saved first.
    saved = np.floor(conversion().apply(RGB, ALPHA) + 0.5)
    np.testing.assert_array_equal(
        np.floor(studio_y(saved) + 0.5),
        conversion(colour="y-bt601", round="integer").apply(RGB, ALPHA)[:, :, 0],
    )


def test_opaque_and_clear_pixels_are_exact() -> None:
    alpha = np.where(ALPHA > 127, 255, 0).astype(np.uint8)
    expected = np.where(alpha > 0, GREY, 255)
    np.testing.assert_array_equal(expected, conversion().apply(GREY, alpha)[:, :, 0])


def test_infinity_under_a_clear_pixel_is_no_number_and_no_warning() -> None:
    # Warnings are errors in these tests. Whether the pixel is scored at all is not for the conversion to say.
    values = conversion(1.0, floats=True).apply(np.array([[np.inf, 0.5]]), np.array([[0.0, 1.0]]))
    np.testing.assert_array_equal([[[np.nan], [0.5]]], values)


def test_the_value_window_is_dicoms_linear_one() -> None:
    # DICOM PS3.3 C.11.2.1.2.1 with centre 40 and width 400: -160 and below is black, 239 and above is white.
    values = np.array([[-1000, -160, -159.5, 39.5, 40, 238.5, 239, 240, 3000]])
    seen = conversion(floats=True, value_window="40/400").apply(values, None)[0, :, 0]
    expected = ((values[0] - 39.5) / 399 + 0.5) * 255
    np.testing.assert_allclose(seen, np.clip(expected, 0, 255), rtol=0, atol=1e-12)
    assert seen[0] == seen[1] == 0.0
    assert seen[-1] == seen[-2] == seen[-3] == 255.0
    assert seen[3] == 127.5


def test_the_value_window_comes_after_alpha_and_before_colour() -> None:
    both = {"value_window": "128/101", "colour": "luma-bt601"}
    over_white = conversion().apply(RGB, ALPHA)
    windowed = np.clip(((over_white - 127.5) / 100 + 0.5) * 255, 0, 255)
    expected = windowed @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(conversion(**both).apply(RGB, ALPHA)[:, :, 0], expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("image", "fields", "untouched"),
    [
        (GREY, {}, True),
        (RGB, {}, True),
        (RGB, {"colour": "mean-of-channels"}, True),
        (RGB, {"colour": "y-bt601"}, False),
        (RGB, {"colour": "luma-bt601"}, False),
        (GREY, {"colour": "y-bt601"}, True),
        (GREY, {"grey": "expand"}, False),
        (RGB, {"grey": "expand"}, True),
        # Grey, expanded, and back to one channel as Y: 1.32 dB from the grey values as they are.
        (GREY, {"grey": "expand", "colour": "y-bt601"}, False),
        (GREY, {"value_window": "40/400"}, False),
    ],
)
def test_stored_values_are_the_scored_ones_only_where_nothing_is_done(
    image: np.ndarray, fields: dict[str, Any], untouched: bool
) -> None:
    made = conversion(**fields)
    assert made.untouched(image, None) is untouched
    assert made.untouched(image, ALPHA) is False
    values = made.apply(image, None)
    assert values.shape == (5, 7, made.channels(image))
    assert (
        values.shape[2] == image.reshape(5, 7, -1).shape[2] and bool((values == image.reshape(values.shape)).all())
    ) is untouched


@pytest.mark.parametrize(("floats", "data_range"), [(False, 1.0), (False, 4095.0), (True, 255.0), (True, 65535.0)])
def test_rounding_needs_an_integer_scale(floats: bool, data_range: float) -> None:
    assert conversion(data_range, floats, round="integer").rounded is True
    assert conversion(data_range, floats).rounded is False


@pytest.mark.parametrize("data_range", [1.0, 4095.0])
def test_floats_on_another_scale_are_not_rounded(data_range: float) -> None:
    with pytest.raises(RangeError) as caught:
        conversion(data_range, floats=True, round="integer")
    assert str(caught.value) == (
        f"round: integer needs images on an integer scale; found floats with a data range of {data_range:g}; expected "
        "integers, or floats with a data range of 255 or 65535. Multiply the images by 255, or take a preset that does "
        "not round (sr-y instead of sr-y8)."
    )


def test_before_colour_leaves_out_luma_and_rounding_only() -> None:
    made = conversion(colour="y-bt601", round="integer", grey="expand", value_window="40/400").before_colour()
    assert made == conversion(grey="expand", value_window="40/400")
