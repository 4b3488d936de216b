"""One image in; one degraded image and the record that makes it again out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from degradations import Recipe, degrade, recipe_from_yaml
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from srmetrics.errors import ArrayError, ChannelError, NonFiniteError, RecipeError, SizeError, StepError

RANDOM = Recipe(
    "random-x2",
    1,
    2,
    (
        ToFloat(),
        ResizeBy(("opencv-area", "opencv-bilinear", "opencv-bicubic"), (0.2, 0.7, 0.1), 0.15, 1.5),
        ResizeTo(("opencv-bilinear", "opencv-bicubic")),
        Quantise(),
    ),
    "",
    "",
)
COLOUR = np.random.RandomState(0).randint(0, 256, (21, 34, 3)).astype(np.uint8)


def test_the_record_is_plain_json_and_complete() -> None:
    made, record = degrade(COLOUR, RANDOM, seed=3, key="a/b", draw=2)
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert (record["recipe"], record["recipe_digest"]) == ("random-x2@1", RANDOM.digest)
    assert (record["seed"], record["key"], record["draw"]) == (3, "a/b", 2)
    assert record["crop"] == {"bottom": 1, "right": 0}
    assert (record["input"]["dtype"], record["input"]["shape"]) == ("uint8", [21, 34, 3])
    assert (record["output"]["dtype"], record["output"]["shape"]) == ("uint8", [10, 17, 3])
    assert [step.kind for step in RANDOM.steps] == [each["step"] for each in record["draws"]]
    assert {"numpy", "opencv", "libjpeg"} <= set(record["versions"])
    assert made.shape == (10, 17, 3)


@given(st.integers(0, 2**64), st.text(max_size=8), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_equal_arguments_give_equal_pixels_whatever_ran_before(seed: int, key: str, draw: int) -> None:
    first, record = degrade(COLOUR, RANDOM, seed=seed, key=key, draw=draw)
    np.random.seed(draw)
    degrade(COLOUR[:8], RANDOM, seed=seed + 1, key=key, draw=draw)
    again, same = degrade(COLOUR.copy(), RANDOM, seed=seed, key=key, draw=draw)
    np.testing.assert_array_equal(first, again)
    assert record == same


def test_draws_differ_between_keys_seeds_draw_indices_and_recipe_versions() -> None:
    other = Recipe("random-x2", 2, 2, RANDOM.steps, "", "")
    records = [
        degrade(COLOUR, RANDOM, seed=0, key="a")[1],
        degrade(COLOUR, RANDOM, seed=0, key="b")[1],
        degrade(COLOUR, RANDOM, seed=1, key="a")[1],
        degrade(COLOUR, RANDOM, seed=0, key="a", draw=1)[1],
        degrade(COLOUR, other, seed=0, key="a")[1],
    ]
    assert len({json.dumps(record["draws"]) for record in records}) == 5


def test_without_a_key_the_pixels_are_the_key() -> None:
    _, record = degrade(COLOUR, RANDOM)
    assert record["key"] == record["input"]["sha256"]


def test_the_global_generator_is_neither_read_nor_moved() -> None:
    np.random.seed(0)
    degrade(COLOUR, RANDOM, key="a")
    moved = np.random.rand()
    np.random.seed(0)
    assert moved == np.random.rand()


def test_the_input_is_not_changed_and_its_digest_ignores_layout_and_byte_order() -> None:
    deep = COLOUR.astype(np.uint16) * 257
    layouts = [deep, np.asfortranarray(deep), deep.astype(">u2"), deep[::-1][::-1]]
    made = [degrade(each, RANDOM, key="a") for each in layouts]
    for image, record in made[1:]:
        np.testing.assert_array_equal(made[0][0], image)
        assert made[0][1] == record
    assert made[0][0].dtype == np.uint16
    np.testing.assert_array_equal(COLOUR.astype(np.uint16) * 257, deep)


def test_a_channel_axis_of_one_is_kept() -> None:
    grey = COLOUR[..., 0]
    flat, record = degrade(grey, RANDOM, key="a")
    stacked, same = degrade(grey[..., np.newaxis], RANDOM, key="a")
    assert stacked.shape == (10, 17, 1)
    np.testing.assert_array_equal(flat, stacked[..., 0])
    assert record == same


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_float_image_stays_float(dtype: type) -> None:
    made, _ = degrade((COLOUR / 255).astype(dtype), RANDOM, key="a")
    assert made.dtype == dtype
    assert made.max() <= 1


def test_a_recipe_of_ones_own_works_like_a_named_one() -> None:
    text = "{name: mine-x2, version: 1, scale: 2, steps: [{kind: resize-matlab}]}"
    mine, _ = degrade(COLOUR, recipe_from_yaml(text), key="a")
    named, _ = degrade(COLOUR, "bicubic-matlab-x2", key="a")
    np.testing.assert_array_equal(named, mine)


def test_an_unknown_recipe_suggests_near_misses() -> None:
    with pytest.raises(RecipeError, match="bicubic-matlab-x4"):
        degrade(COLOUR, "bicubic-matlab-4x", key="a")


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (np.zeros((1, 9, 3), np.uint8), SizeError, "at least 2 x 2"),
        (np.zeros((0, 9), np.uint8), SizeError, "empty"),
        (np.zeros(9, np.uint8), ArrayError, "shape"),
        (np.zeros((9, 9), np.int32), ArrayError, "int32"),
        (np.zeros((9, 9, 4), np.uint8), ChannelError, "alpha"),
        (np.zeros((9, 9, 5), np.uint8), ChannelError, "5 channels"),
        (np.full((9, 9), np.nan), NonFiniteError, "NaN"),
        (np.full((9, 9), 255.0), StepError, r"0\.\.1"),
    ],
)
def test_arrays_that_cannot_be_degraded_are_refused(image: NDArray[Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        degrade(image, RANDOM, key="a")
