"""A network as an upscaler: units, channels, sizes and ranges around a function on arrays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from degradations import imresize
from harness.models.luma import LumaName, to_luma_and_chroma, to_rgb
from harness.models.tiling import run_in_tiles, spans
from harness.models.units import from_unit, to_unit
from harness.models.upscaler import NO_FACTS, Image, ImageFacts, SizeNeeds, UpscalerDescription
from srmetrics.errors import ModelError


class Network(Protocol):
    """A function on arrays."""

    def __call__(self, image: NDArray[np.float32], /) -> NDArray[np.float32]:
        """Make (h * scale, w * scale, C) of (h, w, C), in the network's own range; neither clips nor rounds."""


class NetworkUpscaler:
    """What every kind of network shares.

    An image comes to black 0 and white 1, to the channels and the range of the network and to a size that it takes;
    the output goes the same way back. For a luma network only Y goes through it; Cb and Cr are resized bicubically as
    MATLAB does. A network with fixed input size gets larger images in tiles, and smaller ones mirrored at the bottom
    and right.

    Parameters
    ----------
    description : UpscalerDescription
        With a scale and a value range.
    network : Network
        The function.
    luma : {"studio", "full"}
        Which Y a luma network takes.
    """

    def __init__(self, description: UpscalerDescription, network: Network, luma: LumaName = "studio") -> None:
        if description.scale is None or description.value_range is None:
            raise ModelError("a network needs a scale and a value range", found=description)
        if description.size.fixed is not None:
            for side in description.size.fixed:
                spans(side + 1, side, description.tiling.overlap or 0)  # raises where nothing would be kept of a tile
        self._description = description
        self._scale = description.scale
        self._range = description.value_range
        self._network = network
        self._luma: LumaName = luma

    @property
    def description(self) -> UpscalerDescription:
        """What the adapter says of the network."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> NDArray[np.float64]:
        """Upscale one image. Parameters as in `Upscaler.upscale`; returns float64."""
        unit = to_unit(image, facts)
        grey = unit.shape[2] == 1
        channels = self._description.channels
        if channels == "luma" and not grey:
            planes = to_luma_and_chroma(unit, self._luma)
            chroma = imresize(planes[:, :, 1:], self._scale)
            luma = self._through(planes[:, :, :1])
            output = to_rgb(np.concatenate([luma, chroma], axis=2), self._luma)
        elif channels == 3 and grey:
            output = self._through(np.repeat(unit, 3, axis=2)).mean(axis=2, keepdims=True)
        elif channels == 3 or grey:
            output = self._through(unit)
        else:
            output = np.concatenate([self._through(unit[:, :, each : each + 1]) for each in range(3)], axis=2)
        return from_unit(output, image, facts)

    def _through(self, planes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Send planes of 0..1 through the network, in its range and in sizes that it takes."""
        low, high = self._range
        inside = (low + planes * (high - low)).astype(np.float32)
        size = self._description.size
        height, width = inside.shape[:2]
        padded = mirrored_to(inside, *padded_size(height, width, size))
        if size.fixed is not None and padded.shape[:2] != size.fixed:
            overlap = self._description.tiling.overlap or 0
            output = run_in_tiles(self._checked, padded, self._scale, size.fixed, overlap)
        else:
            output = self._checked(padded)
        kept = output[: height * self._scale, : width * self._scale].astype(np.float64)
        return (kept - low) / (high - low)

    def _checked(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        output = self._network(piece)
        expected = (piece.shape[0] * self._scale, piece.shape[1] * self._scale, piece.shape[2])
        if output.shape != expected:
            raise ModelError(
                f"the network of {self._description.name!r} returned an image of the wrong size",
                found=f"{output.shape} for {piece.shape}",
                expected=f"{expected}",
            )
        return output


def padded_size(height: int, width: int, size: SizeNeeds) -> tuple[int, int]:
    """Return the smallest size that holds an image and that the network takes, in tiles where its size is fixed."""
    if size.fixed is not None:
        return max(height, size.fixed[0]), max(width, size.fixed[1])
    tall, wide = (-(-max(length, size.minimum) // size.multiple) * size.multiple for length in (height, width))
    return tall, wide


def mirrored_to(image: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Mirror an image beyond its bottom and right edges, the edge repeated, until it has the size."""
    missing = height - image.shape[0], width - image.shape[1]
    return image if missing == (0, 0) else np.pad(image, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
