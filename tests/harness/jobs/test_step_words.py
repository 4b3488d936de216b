"""Steps in words: what a contact sheet writes under each picture."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from degradations import degrade
from degradations.pipeline import Maybe
from degradations.recipes import RECIPES, find_recipe
from degradations.step import Image
from degradations.steps.blur import GaussianBlur
from degradations.steps.jpeg import Jpeg
from degradations.steps.noise import GaussianNoise, WrappedNoise
from degradations.steps.poisson import PoissonNoise
from degradations.steps.resize import MatlabResize, ResizeTo
from degradations.steps.subsample import Subsample
from harness.jobs.step_words import Done, in_words, plain_steps

COLOUR = np.zeros((40, 60, 3), np.float32)
SMALL = np.zeros((10, 15, 3), np.float32)


def words(step: object, record: dict[str, object] | None, after: Image = COLOUR) -> tuple[str, str]:
    return in_words(Done(step, record, COLOUR, after))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "record", "after", "title", "text"),
    [
        (
            find_recipe("realesrgan-x4plus").steps[2],
            {"family": "plateau-aniso", "size": 15, "sigma_x": 1.234, "sigma_y": 0.5, "rotation": 1.0, "beta": 1.5},
            COLOUR,
            "blur, plateau",
            "15×15, β 1.50\nσ 1.23, 0.50, 57°",
        ),
        (
            find_recipe("realesrgan-x4plus").steps[2],
            {"family": "sinc", "size": 7, "cutoff": 2.5},
            COLOUR,
            "blur, sinc",
            "7×7\ncutoff 2.50 rad",
        ),
        (
            ResizeTo(("opencv-area",)),
            {"rule": "opencv-area", "height": 10, "width": 15},
            SMALL,
            "resize, area",
            "60×40 → 15×10\nOpenCV",
        ),
        (MatlabResize(), {"scale": 0.25}, SMALL, "resize, bicubic", "60×40 → 15×10\nMATLAB"),
        (GaussianNoise((1, 30)), {"sigma": 12.34, "grey": True, "field": 1}, COLOUR, "Gaussian noise", "σ 12.3, grey"),
        (
            GaussianNoise((1, 30)),
            {"sigma": 12.34, "grey": False, "field": 1},
            COLOUR[..., 0],
            "Gaussian noise",
            "σ 12.3",
        ),
        (
            PoissonNoise((1, 3)),
            {"scale": 2.345, "grey": False, "field": 1},
            COLOUR,
            "Poisson noise",
            "scale 2.35, colour",
        ),
        (WrappedNoise(25.0), {"field": 1}, COLOUR, "noise, wrapped", "σ 25.0"),
        (Jpeg((30, 95)), {"quality": 61}, COLOUR, "JPEG", "quality 61"),
        (Jpeg((30, 95)), None, COLOUR, "JPEG", "left out"),
        (GaussianBlur(7, 1.6), {}, COLOUR, "blur, Gaussian", "7×7, σ 1.6"),
        (Subsample(4), {}, SMALL, "subsample", "60×40 → 15×10"),
    ],
)
def test_numbers_are_said_in_words(
    step: object, record: dict[str, object] | None, after: Image, title: str, text: str
) -> None:
    assert (title, text) == words(step, record, after)


@pytest.mark.parametrize("name", [name for name in RECIPES if not name.startswith("bicubic-matlab-float")])
def test_plain_steps_end_at_the_degraded_image(name: str) -> None:
    image = astronaut()[:120, :144]
    recipe = find_recipe(name)
    for draw in range(4):
        made, record = degrade(image, recipe, seed=0, key="astronaut", draw=draw)
        last = image[: 120 // recipe.scale * recipe.scale, : 144 // recipe.scale * recipe.scale]
        for step, entry in zip(recipe.steps, record["draws"], strict=True):
            for done in plain_steps(step, entry["drew"], last):
                last = done.after
                title, text = in_words(done)
                assert title
                assert len(text.split("\n")) <= 2
        np.testing.assert_array_equal(made, last)


def test_a_step_that_chance_left_out_changes_nothing() -> None:
    [done] = plain_steps(Maybe(0.5, Jpeg((30, 95))), {"done": False, "draw": None}, COLOUR)
    assert done.record is None
    assert done.after is COLOUR
