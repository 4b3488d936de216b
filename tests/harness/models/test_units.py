from __future__ import annotations

import math

import numpy as np
import pytest

from harness.models import ImageFacts
from harness.models.units import from_unit, to_unit
from srmetrics.errors import ArrayError, RangeError


@pytest.mark.parametrize(
    ("dtype", "white"), [("uint8", 255), ("uint16", 65535), (">u2", 65535), ("float32", None), ("int16", None)]
)
def test_white_is_known_of_full_depth_integers_only(dtype: str, white: int | None) -> None:
    image = np.full((2, 3), white or 9, dtype)
    if white is None:
        with pytest.raises(RangeError, match="does not say what white is"):
            to_unit(image, ImageFacts())
    else:
        np.testing.assert_array_equal(np.ones((2, 3, 1)), to_unit(image, ImageFacts()))


def test_a_range_that_is_told_is_used_in_place_of_the_dtypes() -> None:
    image = np.array([[0, 4095]], np.uint16)
    facts = ImageFacts(data_range=4095.0)
    unit = to_unit(image, facts)
    assert [0.0, 1.0] == unit.ravel().tolist()
    assert [0.0, 4095.0] == from_unit(unit, image, facts).ravel().tolist()
    assert [0.0, 255.0] == from_unit(unit, image, ImageFacts(data_range=4095.0, reference_range=255.0)).ravel().tolist()


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_ranges_that_no_image_has_are_refused(value: float) -> None:
    with pytest.raises(RangeError, match="no such range"):
        ImageFacts(data_range=value)
    with pytest.raises(RangeError, match="no such range"):
        ImageFacts(reference_range=value)


@pytest.mark.parametrize("dtype", [bool, complex])
def test_what_holds_no_real_numbers_is_no_image(dtype: type) -> None:
    with pytest.raises(ArrayError, match="no real numbers"):
        to_unit(np.zeros((2, 2), dtype), ImageFacts(data_range=1.0))
