"""Resizing rules equal the libraries that they name, and drawn sizes follow the published rule."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from scipy.stats import chisquare, kstest

from degradations.imresize import imresize
from degradations.step import Facts
from degradations.steps.resize import RULES, MatlabResize, ResizeBy, ResizeTo, resize_by_rule
from srmetrics.errors import StepError

COLOUR = np.random.RandomState(0).randint(0, 256, (40, 56, 3)).astype(np.uint8)
UNIT = COLOUR.astype(np.float32) / 255


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_rule_keeps_the_type_and_makes_the_size(rule: str, dtype: type, channels: int) -> None:
    image = (COLOUR if channels == 3 else COLOUR[..., 0]).astype(dtype)
    before = image.copy()
    made = resize_by_rule(image, rule, 13, 77)
    assert (made.shape, made.dtype) == ((13, 77, 3) if channels == 3 else (13, 77), dtype)
    np.testing.assert_array_equal(before, image)


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_rule_keeps_a_flat_image_flat(rule: str, dtype: type) -> None:
    made = resize_by_rule(np.full((9, 8, 3), 200, dtype), rule, 5, 14)
    # Single-precision weights sum to 1 within a few ulp.
    np.testing.assert_allclose(made, np.full((5, 14, 3), 200, dtype), rtol=2e-6)


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([("opencv-bilinear", "bilinear"), ("opencv-bicubic", "bicubic")]),
)
@settings(max_examples=40, deadline=None)
def test_bilinear_and_bicubic_equal_torch_to_a_size(height: int, width: int, rules: tuple[str, str]) -> None:
    # Oracle: torch.nn.functional.interpolate as BasicSR's models call it. Both compute weights and sums in
    # single precision, in another order: a bicubic coordinate near an integer moves by some ulp of the
    # image's width.
    ours, theirs = rules
    batch = torch.from_numpy(UNIT.transpose(2, 0, 1)[np.newaxis].copy())
    expected = torch.nn.functional.interpolate(batch, size=(height, width), mode=theirs)[0].numpy()
    made = resize_by_rule(UNIT, ours, height, width)
    np.testing.assert_allclose(expected.transpose(1, 2, 0), made, rtol=0, atol=2e-5)


@pytest.mark.parametrize("factor", [2, 4])
def test_area_by_a_whole_factor_equals_torch(factor: int) -> None:
    # Oracle: torch's area mode is adaptive average pooling, which only whole factors share with OpenCV's
    # area.
    batch = torch.from_numpy(UNIT.transpose(2, 0, 1)[np.newaxis].copy())
    size = (40 // factor, 56 // factor)
    expected = torch.nn.functional.interpolate(batch, size=size, mode="area")[0].numpy().transpose(1, 2, 0)
    np.testing.assert_allclose(expected, resize_by_rule(UNIT, "opencv-area", *size), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("rule", "code"), [("opencv-bicubic", cv2.INTER_CUBIC), ("opencv-lanczos4", cv2.INTER_LANCZOS4)]
)
def test_opencv_rules_on_8_bits_are_opencv(rule: str, code: int) -> None:
    expected = cv2.resize(COLOUR, (14, 10), interpolation=code)
    np.testing.assert_array_equal(expected, resize_by_rule(COLOUR, rule, 10, 14))


@pytest.mark.parametrize(
    ("rule", "kernel"),
    [("pillow-bicubic", Pillow.Resampling.BICUBIC), ("pillow-lanczos", Pillow.Resampling.LANCZOS)],
)
def test_pillow_rules_on_8_bits_are_pillow(rule: str, kernel: Pillow.Resampling) -> None:
    expected = np.asarray(Pillow.fromarray(COLOUR).resize((14, 10), kernel))
    np.testing.assert_array_equal(expected, resize_by_rule(COLOUR, rule, 10, 14))


def test_pillow_on_16_bits_agrees_with_pillow_on_8_within_its_rounding() -> None:
    deep = resize_by_rule(COLOUR.astype(np.uint16) * 257, "pillow-bicubic", 10, 14) / 257
    # Pillow's 8-bit path rounds after each of its two passes.
    np.testing.assert_allclose(resize_by_rule(COLOUR, "pillow-bicubic", 10, 14), deep, rtol=0, atol=1.5)


def test_matlab_resize_is_imresize_by_the_scale() -> None:
    facts = Facts.of(COLOUR, 4)
    step = MatlabResize(border="replicate")
    record = step.draw(np.random.RandomState(0), facts)
    assert record == {"scale": 0.25}
    np.testing.assert_array_equal(imresize(COLOUR, 0.25, border="replicate"), step.apply(COLOUR, record))
    assert (10, 14) == (step.facts_after(facts, record).height, step.facts_after(facts, record).width)


def test_resize_to_ends_at_the_target_whatever_size_arrives() -> None:
    step = ResizeTo(("opencv-area", "opencv-bilinear", "opencv-bicubic"))
    facts = Facts.of(COLOUR, 4)
    records = [step.draw(np.random.RandomState(seed), facts) for seed in range(900)]
    assert {(10, 14)} == {(record["height"], record["width"]) for record in records}
    counts = [sum(record["rule"] == rule for record in records) for rule in step.rules]
    assert chisquare(counts).pvalue > 0.001


def test_resize_by_draws_the_published_distribution() -> None:
    # Real-ESRGAN, first order: up 0.2, down 0.7, keep 0.1; factors uniform in 1..1.5 and 0.15..1.
    step = ResizeBy(("opencv-area",), (0.2, 0.7, 0.1), 0.15, 1.5)
    facts = Facts.of(COLOUR, 4)
    records = [step.draw(np.random.RandomState(seed), facts) for seed in range(3000)]
    by_direction = {
        direction: [record["factor"] for record in records if record["direction"] == direction]
        for direction in ("up", "down", "keep")
    }
    assert chisquare([len(each) for each in by_direction.values()], [600, 2100, 300]).pvalue > 0.001
    assert kstest(by_direction["up"], "uniform", (1, 0.5)).pvalue > 0.001
    assert kstest(by_direction["down"], "uniform", (0.15, 0.85)).pvalue > 0.001
    assert set(by_direction["keep"]) == {1.0}
    for record in records[:100]:
        assert (record["height"], record["width"]) == (int(40 * record["factor"]), int(56 * record["factor"]))


def test_resize_by_of_the_target_multiplies_the_low_resolution_size() -> None:
    # Real-ESRGAN, second order: int(original / scale * factor), whatever size the first order left.
    step = ResizeBy(("opencv-area",), (0, 1, 0), 0.3, 1.2, of="target")
    facts = ResizeTo(("opencv-area",), size=(99, 98)).facts_after(Facts.of(COLOUR, 4), {"height": 99, "width": 98})
    record = step.draw(np.random.RandomState(0), facts)
    assert (record["height"], record["width"]) == (int(10 * record["factor"]), int(14 * record["factor"]))


def test_an_inverse_factor_draws_the_divisor_uniformly() -> None:
    # BSRGAN: the side is divided by a number uniform between 1 and twice the scale.
    step = ResizeBy(("opencv-area",), (0, 1, 0), 1 / 8, 1, inverse=True)
    facts = Facts.of(COLOUR, 4)
    divisors = [1 / step.draw(np.random.RandomState(seed), facts)["factor"] for seed in range(1000)]
    assert kstest(divisors, "uniform", (1, 7)).pvalue > 0.001


def test_a_drawn_size_is_at_least_one_pixel() -> None:
    record = ResizeBy(("opencv-area",), (0, 1, 0), 0.15, 1).draw(
        np.random.RandomState(0), Facts.of(np.zeros((1, 1), np.uint8), 1)
    )
    assert (1, 1) == (record["height"], record["width"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: ResizeTo(("opencv-cubic",)),
        lambda: ResizeTo(()),
        lambda: ResizeTo(("opencv-area",), size=(0, 4)),
        lambda: ResizeBy(("opencv-area",), (0.5, 0.6, 0.1), 0.5, 1.5),
        lambda: ResizeBy(("opencv-area",), (0, 1, 0), 0, 1.5),
        lambda: ResizeBy(("opencv-area",), (0, 1, 0), 0.5, 0.9),
        lambda: ResizeBy(("opencv-area",), (0, 1, 0), 0.5, 1, of="input"),  # type: ignore[arg-type]
        lambda: resize_by_rule(np.zeros((4, 4), bool), "opencv-area", 2, 2),
    ],
)
def test_impossible_requests_are_refused(make: object) -> None:
    with pytest.raises(StepError):
        make()  # type: ignore[operator]
