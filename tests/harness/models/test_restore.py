from __future__ import annotations

import numpy as np
import pytest

from harness.models import FakeUpscaler, FunctionUpscaler, ImageFacts, restore, to_reference_dtype
from srmetrics.errors import ModelError, NonFiniteError, RangeError

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_outputs_are_rounded_half_up_and_clipped_as_a_saved_file_would_be() -> None:
    values = np.array([-7.0, -0.5, 0.49, 0.5, 1.5, 254.5, 255.4, 1e9])
    assert [0, 0, 0, 1, 2, 255, 255, 255] == to_reference_dtype(values, np.uint8).tolist()
    assert [0, 0, 0, 1, 2, 255, 255, 65535] == to_reference_dtype(values, np.uint16).tolist()
    assert [-7, 0, 0, 1, 2, 255, 255, 32767] == to_reference_dtype(values, np.int16).tolist()


def test_floating_references_get_floats_that_are_neither_clipped_nor_rounded() -> None:
    values = np.array([-0.25, 1.125])
    assert [-0.25, 1.125] == to_reference_dtype(values, np.float32).tolist()
    assert to_reference_dtype(values, np.float32).dtype == np.float32


def test_a_not_a_number_is_never_rounded_to_an_integer() -> None:
    with pytest.raises(NonFiniteError, match="cannot be rounded"):
        to_reference_dtype(np.array([np.nan]), np.uint8)


def test_without_a_dtype_the_floats_are_kept() -> None:
    output = restore(FakeUpscaler(2, plus=0.0), GREY)
    assert output.dtype == np.float64
    assert (6, 8) == output.shape


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("size", ["'fake' returned an image of the wrong size", "(7, 8)", "(6, 8)"]),
        ("nan", ["'fake' returned NaN", "1 of 48"]),
        ("raise", ["'fake' failed on an image of shape (3, 4)", "RuntimeError", "asked to fail on 'b'"]),
    ],
)
def test_an_upscaler_that_misbehaves_is_named_with_what_it_did_and_other_images_go_on(
    fault: str, words: list[str]
) -> None:
    upscaler = FakeUpscaler(2, fault=fault, only="b")  # type: ignore[arg-type]
    with pytest.raises(ModelError) as caught:
        restore(upscaler, GREY, ImageFacts(key="b"), dtype=np.uint8)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert GREY[0, 0] == restore(upscaler, GREY, ImageFacts(key="a"), dtype=np.uint8)[0, 0]
    assert ["b", "a"] == upscaler.keys


def test_running_out_of_memory_names_tiles_as_the_way_out() -> None:
    def greedy(image: np.ndarray) -> np.ndarray:
        raise MemoryError

    with pytest.raises(ModelError, match="tile=256"):
        restore(FunctionUpscaler(greedy, "greedy", 2), GREY)


def test_something_that_is_no_image_is_refused() -> None:
    with pytest.raises(ModelError, match=r"'list' returned no image; found list"):
        restore(FunctionUpscaler(lambda image: image.tolist(), "list", 2), GREY)


def test_errors_of_the_house_pass_through_as_they_are() -> None:
    def ranged(image: np.ndarray) -> np.ndarray:
        raise RangeError("no range")

    with pytest.raises(RangeError):
        restore(FunctionUpscaler(ranged, "ranged", 2), GREY)


def test_colour_stays_colour() -> None:
    with pytest.raises(ModelError, match="wrong size"):
        restore(
            FunctionUpscaler(lambda image: image[:, :, 0].repeat(2, 0).repeat(2, 1), "grey", 2), np.dstack([GREY] * 3)
        )
