"""BSRGAN's degradation: its order, its branches and its sizes, by the settings of the public code."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from skimage.data import astronaut

from degradations import degrade
from degradations.pipeline import draw_steps
from degradations.recipes import find_recipe
from degradations.seeding import random_state
from degradations.step import Facts, Record

RUNS = 3000
SIGNIFICANCE = 1e-3  # one fixed seed: each holds or not
BLURS, DOWN, FINAL, NOISE, JPEG = (0, 1), 2, 3, 4, 5


def models(scale: int) -> list[Record]:
    """Draw the middle step of the recipe many times."""
    recipe = find_recipe(f"bsrgan-x{scale}")
    facts = Facts.of(np.zeros((288, 240, 3), np.uint8), scale)
    return [
        draw_steps(recipe.steps, random_state("test@1", scale, "bsrgan", number), facts)[1] for number in range(RUNS)
    ]


@pytest.fixture(scope="module")
def shuffles() -> list[Record]:
    return models(2)


def test_the_order_is_any_that_keeps_the_final_resize_after_the_downscaling(shuffles: list[Record]) -> None:
    orders = [tuple(record["order"]) for record in shuffles]
    assert all(order.index(DOWN) < order.index(FINAL) for order in orders)
    for step in range(6):
        places = np.bincount([order.index(step) for order in orders], minlength=6)
        # The first of two kept in order is the earlier of two random places: (5, 4, 3, 2, 1, 0)/15; the second the
        # later; each other step is anywhere.
        chances = {DOWN: np.arange(5, -1, -1) / 15, FINAL: np.arange(6) / 15}.get(step, np.full(6, 1 / 6))
        possible = chances > 0
        assert (places[~possible] == 0).all()
        assert stats.chisquare(places[possible], chances[possible] * RUNS).pvalue > SIGNIFICANCE


def drawn(shuffles: list[Record], step: int) -> list[Record]:
    return [record["draws"][record["order"].index(step)] for record in shuffles]


def test_branches_have_their_probabilities(shuffles: list[Record]) -> None:
    for step in BLURS:
        anisotropic = sum(record["kind"] == "covariance-blur" for record in drawn(shuffles, step))
        assert stats.binomtest(anisotropic, RUNS, 0.5).pvalue > SIGNIFICANCE
    resized = sum(record["draws"][0]["kind"] == "resize-by" for record in drawn(shuffles, DOWN))
    assert stats.binomtest(resized, RUNS, 0.75).pvalue > SIGNIFICANCE
    noises = np.bincount([record["chosen"] for record in drawn(shuffles, NOISE)])
    assert stats.chisquare(noises, np.array([0.4, 0.4, 0.2]) * RUNS).pvalue > SIGNIFICANCE
    compressed = sum(record["done"] for record in drawn(shuffles, JPEG))
    assert stats.binomtest(compressed, RUNS, 0.9).pvalue > SIGNIFICANCE


@pytest.mark.parametrize(("scale", "variance", "sigma"), [(2, 6.0, 2.4), (4, 8.0, 2.8)])
def test_blurs_depend_on_the_scale_as_in_the_public_code(scale: int, variance: float, sigma: float) -> None:
    recipe = find_recipe(f"bsrgan-x{scale}")
    shuffled = recipe.steps[1] if scale == 2 else recipe.steps[1].steps[1]  # type: ignore[attr-defined]
    for position in BLURS:
        anisotropic, isotropic = shuffled.steps[position].steps  # type: ignore[attr-defined]
        assert anisotropic.variance == (0, variance)
        assert isotropic.sigma == pytest.approx((0, sigma))
        assert anisotropic.sizes == isotropic.sizes == tuple(range(7, 26, 2))


def test_the_divisor_of_the_downscaling_is_uniform(shuffles: list[Record]) -> None:
    resizes = [record["draws"][0] for record in drawn(shuffles, DOWN)]
    divisors = [1 / record["draw"]["factor"] for record in resizes if record["kind"] == "resize-by"]
    assert stats.kstest(divisors, stats.uniform(1, 3).cdf).pvalue > SIGNIFICANCE


def test_a_quarter_of_scale_4_is_halved_first() -> None:
    records = models(4)
    halved = [record for record in records if record["chosen"] == 0]
    assert stats.binomtest(len(halved), RUNS, 0.25).pvalue > SIGNIFICANCE
    by_matlab = sum(record["draw"]["draws"][0]["rule"] == "matlab-bicubic" for record in halved)
    assert stats.binomtest(by_matlab, len(halved), 0.5).pvalue > SIGNIFICANCE


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_order_ends_at_the_low_resolution_size(scale: int, channels: int) -> None:
    image = astronaut()[:150, :131] if channels == 3 else astronaut()[:150, :131, 0].copy()
    for number in range(25):
        made, _ = degrade(image, f"bsrgan-x{scale}@1", seed=0, key="astronaut", draw=number)
        assert (150 // scale, 131 // scale) == made.shape[:2]
        assert (image.ndim, image.dtype) == (made.ndim, made.dtype)


@pytest.mark.parametrize("scale", [2, 4])
def test_the_smallest_image_that_the_text_names_is_large_enough_for_every_draw(scale: int) -> None:
    side = 26 * scale
    assert f"fewer than {side} pixels" in find_recipe(f"bsrgan-x{scale}").text
    image = astronaut()[:side, :side]
    for number in range(150):
        degrade(image, f"bsrgan-x{scale}@1", seed=1, key="small", draw=number)
