"""JPEG: BasicSR's function, Pillow's file format, and the images that it must refuse."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from basicsr.data import degradations as basicsr
from PIL import Image as Pillow
from scipy import stats
from skimage.data import astronaut, camera

from degradations.seeding import random_state
from degradations.step import Facts, Image
from degradations.steps.jpeg import Jpeg, compress
from srmetrics.errors import StepError

FACTS = Facts.of(np.zeros((64, 64, 3), np.float32), 4)
SIGNIFICANCE = 1e-3  # one fixed seed: either it holds or not


@pytest.fixture(scope="module")
def image() -> Image:
    return (astronaut()[:91, :70] / np.float32(255)).astype(np.float32)


@pytest.mark.filterwarnings("ignore")  # OpenCV is handed floats by BasicSR and says so
@pytest.mark.parametrize("quality", [1, 30, 75, 95, 100])
def test_equals_basicsr_at_whole_qualities(image: Image, quality: int) -> None:
    expected = basicsr.add_jpg_compression(image[..., ::-1].copy(), quality)[..., ::-1]  # BasicSR's are BGR
    np.testing.assert_array_equal(expected, compress(image, quality))


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:2:2", "4:4:4"])
@pytest.mark.parametrize("encoder", ["opencv", "pillow"])
def test_chroma_subsampling_is_the_one_that_was_named(encoder: str, subsampling: str) -> None:
    # A red and green checker of single pixels has chroma that only 4:4:4 keeps in both directions.
    checker = np.indices((64, 64)).sum(axis=0) % 2
    image = np.stack([checker * 255, 255 - checker * 255, checker * 0], axis=2).astype(np.uint8)
    made = compress(image, 100, subsampling, encoder).astype(int)  # type: ignore[arg-type]
    contrast = np.abs(made[..., 0] - made[..., 1]).mean()
    assert (contrast > 200) == (subsampling == "4:4:4")


def test_pillow_decodes_what_pillow_encodes() -> None:
    image, encoded = astronaut()[:64, :64], io.BytesIO()
    Pillow.fromarray(image).save(encoded, "JPEG", quality=40)  # Pillow's default is 4:2:0
    expected = np.asarray(Pillow.open(encoded))
    np.testing.assert_array_equal(expected, Jpeg((40, 40), encoder="pillow").apply(image, {"quality": 40}))


@pytest.mark.parametrize("encoder", ["opencv", "pillow"])
def test_one_channel_images_stay_one_channel(encoder: str) -> None:
    image = camera()[:64, :80]
    made = compress(image, 60, encoder=encoder)  # type: ignore[arg-type]
    assert (image.shape, np.uint8) == (made.shape, made.dtype)
    # An 8x8 block of quality 60 on a photograph: both libraries' files are within JPEG's usual error.
    assert np.abs(image.astype(int) - made).mean() < 5


def test_the_higher_the_quality_the_nearer_the_image(image: Image) -> None:
    errors = [np.abs(compress(image, quality) - image).mean() for quality in (10, 30, 60, 95)]
    assert errors == sorted(errors, reverse=True)


def test_floats_keep_their_type_and_are_clipped(image: Image) -> None:
    made = compress(image.astype(np.float64) * 1.2 - 0.1, 80)
    assert made.dtype == np.float64
    assert 0 <= made.min() <= made.max() <= 1


def test_rounded_qualities_halve_the_ends() -> None:
    rng = random_state("test@1", 0, "jpeg", 0)
    drawn = [Jpeg((30, 95)).draw(rng, FACTS)["quality"] for _ in range(20_000)]
    probabilities = np.ones(66) / 65
    probabilities[[0, -1]] /= 2
    assert stats.chisquare(np.bincount(drawn)[30:], probabilities * 20_000).pvalue > SIGNIFICANCE


def test_whole_qualities_are_equally_likely() -> None:
    rng = random_state("test@1", 0, "jpeg", 1)
    drawn = [Jpeg((30, 95), whole_numbers=True).draw(rng, FACTS)["quality"] for _ in range(20_000)]
    assert stats.chisquare(np.bincount(drawn)[30:]).pvalue > SIGNIFICANCE


def test_16_bit_images_are_refused_with_the_way_out() -> None:
    deep = np.zeros((16, 16), np.uint16)
    with pytest.raises(StepError, match=r"16 bits a channel.*Convert the images to 8 bits first"):
        compress(deep, 90)
    with pytest.raises(StepError, match="Convert the images to 8 bits first"):  # before any pixel is touched
        Jpeg((30, 95)).draw(random_state("test@1", 0, "deep", 0), Facts.of(deep, 4))


def test_16_bit_images_that_a_step_brought_to_8_bits_are_compressed() -> None:
    facts = replace(Facts.of(np.zeros((16, 16), np.uint16), 4), dtype="uint8")
    assert {"quality": 50} == Jpeg((50, 50)).draw(random_state("test@1", 0, "deep", 0), facts)


@pytest.mark.parametrize("quality", [0, 101, 55.5])
def test_impossible_qualities_are_refused(image: Image, quality: float) -> None:
    with pytest.raises(StepError, match="a whole number, 1 to 100"):
        compress(image, quality)  # type: ignore[arg-type]


def test_an_image_beyond_libjpegs_limit_is_refused() -> None:
    with pytest.raises(StepError, match="too large for JPEG; found 1x65501 pixels"):
        compress(np.zeros((65501, 1), np.uint8), 90)


def test_values_on_another_scale_are_refused(image: Image) -> None:
    with pytest.raises(StepError, match="the jpeg step got values outside its range"):
        compress(image * 255, 90)


@pytest.mark.parametrize(
    "fields", [{"quality": (0, 50)}, {"quality": (90, 30)}, {"quality": (1, 9), "subsampling": "4:1:1"}]
)
def test_impossible_fields_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(StepError):
        Jpeg(**fields)  # type: ignore[arg-type]
