"""The doors of a pipeline: to floats in 0..1 and back without loss, and nothing out of range passes."""

from __future__ import annotations

import numpy as np
import pytest

from degradations.step import Facts
from degradations.steps.quantise import Clip, Quantise, ToFloat
from srmetrics.errors import StepError

RNG = np.random.RandomState(0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("float_type", ["float32", "float64"])
@pytest.mark.parametrize("ties", ["even", "away"])
def test_every_integer_value_comes_back(dtype: type, float_type: str, ties: str) -> None:
    image = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)[np.newaxis]
    step = Quantise(ties=ties)  # type: ignore[arg-type]
    record = step.draw(RNG, Facts.of(image, 1))
    made = step.apply(ToFloat(float_type).apply(image, {}), record)  # type: ignore[arg-type]
    assert made.dtype == dtype
    np.testing.assert_array_equal(image, made)


def test_floats_are_the_pixels_over_their_peak_as_basicsr_makes_them() -> None:
    # BasicSR: img.astype(np.float32) / 255.
    image = np.arange(256, dtype=np.uint8)[np.newaxis]
    np.testing.assert_array_equal(image.astype(np.float32) / np.float32(255), ToFloat().apply(image, {}))


def test_ties_go_to_even_or_away_from_zero() -> None:
    ties = np.array([[0.5, 1.5, 2.5]]) / 255
    np.testing.assert_array_equal([[0, 2, 2]], Quantise().apply(ties, {"dtype": "uint8"}))
    np.testing.assert_array_equal([[1, 2, 3]], Quantise(ties="away").apply(ties, {"dtype": "uint8"}))


def test_overshoot_is_clipped() -> None:
    image = np.array([[-0.4, 0.5, 1.4]], np.float32)
    np.testing.assert_array_equal([[0, 128, 255]], Quantise().apply(image, {"dtype": "uint8"}))
    np.testing.assert_array_equal(np.float32([[0, 0.5, 1]]), Clip().apply(image, {}))
    np.testing.assert_array_equal([[0, 32768, 65535]], Quantise("uint16").apply(image, {"dtype": "uint16"}))


def test_a_float_input_stays_float() -> None:
    image = np.array([[0.25, 1.0]])
    record = Quantise().draw(RNG, Facts.of(image, 1))
    made = Quantise().apply(ToFloat().apply(image, {}), record)
    assert made.dtype == np.float64
    np.testing.assert_array_equal(image, made)


def test_the_facts_follow_the_type() -> None:
    facts = Facts.of(np.zeros((2, 2), np.uint16), 1)
    floats = ToFloat("float64").facts_after(facts, {})
    assert floats.dtype == "float64"
    assert Quantise().draw(RNG, floats) == {"dtype": "uint16"}
    assert Quantise().facts_after(floats, {"dtype": "uint16"}).dtype == "uint16"


@pytest.mark.parametrize(
    "image", [np.array([[0, 255.0]]), np.array([[-0.1, 0.5]]), np.array([[np.nan]]), np.array([[True]])]
)
def test_what_is_not_in_range_is_stopped_at_the_door(image: np.ndarray) -> None:
    with pytest.raises(StepError):
        ToFloat().apply(image, {})


@pytest.mark.parametrize("step", [Quantise(), Clip()])
@pytest.mark.parametrize(
    "image", [np.zeros((2, 2), np.uint8), np.full((2, 2), 255.0), np.array([[np.inf]]), np.array([[np.nan]])]
)
def test_integers_and_other_scales_are_not_taken_for_0_to_1(step: Quantise | Clip, image: np.ndarray) -> None:
    with pytest.raises(StepError, match=step.kind):
        step.apply(image, {"dtype": "uint8"})


@pytest.mark.parametrize(
    "make",
    [lambda: ToFloat("float16"), lambda: Quantise("int8"), lambda: Quantise(ties="up")],  # type: ignore[arg-type]
)
def test_unknown_types_and_rules_are_refused(make: object) -> None:
    with pytest.raises(StepError):
        make()  # type: ignore[operator]
