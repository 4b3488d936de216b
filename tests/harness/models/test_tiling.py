from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import tile_layouts

from harness.models import FakeUpscaler, FunctionUpscaler, SizeNeeds, TiledUpscaler, Tiling, UpscalerDescription
from harness.models.tiling import run_in_tiles, spans
from harness.models.torch_network import upscaler_of
from srmetrics.errors import ModelError

# float32 convolutions sum in an order that depends on the size of the tile: a few units in the last place of values
# near 1, times 255 grey levels.
FLOAT32 = 255 * 1e-5


def draft(**changes: Any) -> UpscalerDescription:
    return UpscalerDescription(
        **({"name": "net", "spec": "test", "architecture": "test", "scale": None, "channels": 3} | changes)
    )


@given(tile_layouts())
def test_tiles_keep_every_pixel_once_and_see_the_overlap_around_it(layout: tuple[int, int, int, int]) -> None:
    length, tile, overlap, multiple = layout
    laid = spans(length, tile, overlap, multiple)
    assert list(range(length)) == [pixel for each in laid for pixel in range(each.keep_start, each.keep_stop)]
    for each in laid:
        assert each.start % multiple == 0
        assert each.stop - each.start <= tile + multiple - 1
        assert each.start == 0 or each.keep_start - each.start >= overlap
        assert each.stop == length or each.stop - each.keep_stop >= overlap


def test_tiles_smaller_than_their_overlap_are_refused_with_the_smallest_that_would_do() -> None:
    with pytest.raises(ModelError, match="tiles of 8 pixels with an overlap of 4; expected tiles of at least 9"):
        spans(100, 8, 4)


@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), tile=st.integers(9, 24))
def test_tiles_of_a_known_receptive_field_give_the_whole_images_pixels(height: int, width: int, tile: int) -> None:
    # A box of 7 x 7 sees 3 pixels far; sums of integers are exact whatever their order.
    image = np.random.RandomState(height * 41 + width).randint(0, 256, (height, width)).astype(np.float64)

    def box(piece: np.ndarray) -> np.ndarray:
        padded = np.pad(piece, 3)
        summed = sum(padded[i : i + piece.shape[0], j : j + piece.shape[1]] for i in range(7) for j in range(7))
        return np.asarray(summed).repeat(2, 0).repeat(2, 1)

    np.testing.assert_array_equal(box(image), run_in_tiles(box, image, 2, (tile, tile), 3))


@pytest.mark.parametrize("tile", [9, 16, 23, 64])
def test_a_networks_tiles_give_the_whole_images_pixels(small_network: Any, photograph: np.ndarray, tile: int) -> None:
    upscaler = upscaler_of(small_network, draft())
    assert Tiling("exact", 4) == upscaler.description.tiling
    tiled = TiledUpscaler(upscaler, tile)
    assert Tiling("exact", 4, tile) == tiled.description.tiling
    np.testing.assert_allclose(upscaler.upscale(photograph), tiled.upscale(photograph), rtol=0, atol=FLOAT32)


def test_too_little_overlap_is_called_approximate_and_is(small_network: Any, photograph: np.ndarray) -> None:
    upscaler = upscaler_of(small_network, draft())
    tiled = TiledUpscaler(upscaler, 16, overlap=1)
    assert Tiling("approximate", 1, 16) == tiled.description.tiling
    assert np.abs(upscaler.upscale(photograph) - tiled.upscale(photograph)).max() > 1.0


def test_strided_networks_get_tiles_on_their_own_grid(torch: Any, photograph: np.ndarray) -> None:
    # Pixels folded into channels two by two, a convolution, and unfolded by four: what it makes of a pixel depends on
    # the parity of its place.
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(1)
        network = torch.nn.Sequential(
            torch.nn.PixelUnshuffle(2), torch.nn.Conv2d(12, 48, 3, padding=1), torch.nn.PixelShuffle(4)
        )
    upscaler = upscaler_of(network.eval(), draft(size=SizeNeeds(multiple=2)))
    assert (2, Tiling("exact", 2)) == (upscaler.description.scale, upscaler.description.tiling)
    whole = upscaler.upscale(photograph)  # 52 x 67: the odd side is mirrored to 68 and cut again
    assert (104, 134, 3) == whole.shape
    for tile in (7, 12, 19):
        np.testing.assert_allclose(whole, TiledUpscaler(upscaler, tile).upscale(photograph), rtol=0, atol=FLOAT32)


def test_an_upscaler_that_takes_no_tiles_says_so() -> None:
    with pytest.raises(ModelError, match=r"'fake' takes no tiles; found tile=64\. Leave tile= out"):
        TiledUpscaler(FakeUpscaler(2), 64)


@pytest.mark.parametrize(
    ("tile", "overlap", "words"), [(16, -1, "negative"), (4, 0, "at least 8"), (16, 8, "too small")]
)
def test_tiles_that_cannot_be_are_refused(tile: int, overlap: int, words: str, small_network: Any) -> None:
    upscaler = upscaler_of(small_network, draft(size=SizeNeeds(minimum=8)))
    with pytest.raises(ModelError, match=words):
        TiledUpscaler(upscaler, tile, overlap)


def test_a_tile_of_the_wrong_size_is_refused() -> None:
    shrinking = FunctionUpscaler(lambda image: image, "same", 2)
    with pytest.raises(ModelError, match="wrong size"):
        run_in_tiles(shrinking.upscale, np.zeros((9, 9)), 2, (6, 6), 1)
