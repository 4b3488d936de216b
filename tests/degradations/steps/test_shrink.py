"""Resizing to a whole fraction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy import stats
from skimage.data import astronaut

from degradations.imresize import imresize
from degradations.seeding import random_state
from degradations.step import Facts
from degradations.steps.shrink import Shrink
from srmetrics.errors import StepError


def test_rules_have_the_chance_of_their_number() -> None:
    step, rng = Shrink(2, ("opencv-area", "matlab-bicubic", "matlab-bicubic")), random_state("test@1", 0, "shrink", 0)
    facts = Facts.of(np.zeros((9, 8)), 4)
    drawn = [step.draw(rng, facts)["rule"] for _ in range(3000)]
    # One fixed seed: either it holds or not.
    assert stats.binomtest(drawn.count("opencv-area"), 3000, 1 / 3).pvalue > 1e-3


def test_the_image_is_what_the_named_library_makes() -> None:
    image = (astronaut()[:40, :60] / np.float32(255)).astype(np.float32)
    record = {"height": 20, "width": 30}
    step = Shrink(2, ("opencv-area",))
    area = cv2.resize(image, (30, 20), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(area, step.apply(image, record | {"rule": "opencv-area"}))
    np.testing.assert_array_equal(imresize(image, 0.5), step.apply(image, record | {"rule": "matlab-bicubic"}))


@pytest.mark.parametrize(("height", "width"), [(9, 8), (1, 1), (17, 3)])
def test_sizes_are_rounded_down_and_told_to_the_next_step(height: int, width: int) -> None:
    image = np.zeros((height, width), np.float32)
    step, facts = Shrink(2, ("opencv-area",)), Facts.of(image, 4)
    record = step.draw(random_state("test@1", 0, "shrink", 0), facts)
    after = step.facts_after(facts, record)
    assert (max(1, height // 2), max(1, width // 2)) == (after.height, after.width)
    assert (after.height, after.width) == step.apply(image, record).shape


def test_impossible_fields_are_refused() -> None:
    with pytest.raises(StepError, match="unknown resizing rule; found none"):
        Shrink(2, ())
    with pytest.raises(StepError, match="expected 1 or more"):
        Shrink(0, ("opencv-area",))
