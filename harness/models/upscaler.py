"""What an upscaler is: one method, and a description that answers every question a caller has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from numpy.typing import NDArray

from srmetrics.errors import RangeError

Image: TypeAlias = NDArray[Any]
"""H x W or H x W x C, RGB order, of an integer or floating dtype."""

Channels: TypeAlias = Literal["any", 1, 3, "luma"]
"""What goes in: ``any`` number of channels, each ``1`` by itself, RGB, or only ``luma`` (chroma is resized)."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the pixels of a low-resolution image do not say about it."""

    key: str = ""
    """The reference's key: its relative path without suffix."""
    data_range: float | None = None
    """What white stands for in the low-resolution image; None takes the full depth of uint8 and uint16."""
    reference_range: float | None = None
    """What white stands for in the reference, and so in the output; None takes that of the low-resolution image."""

    def __post_init__(self) -> None:
        """Refuse ranges that no image has."""
        for value in (self.data_range, self.reference_range):
            if value is not None and not 0 < value < math.inf:
                raise RangeError("an image has no such range", found=value, expected="a number above 0")


NO_FACTS = ImageFacts()
"""Nothing is known but the pixels."""


@dataclass(frozen=True, slots=True)
class SizeNeeds:
    """Which input sizes a network takes; other images are mirrored at the bottom and right, and cut afterwards."""

    multiple: int = 1
    """Height and width must be multiples of it."""
    minimum: int = 1
    """The smallest height and width."""
    fixed: tuple[int, int] | None = None
    """The only height and width that it takes; larger images go through it in tiles."""


ANY_SIZE = SizeNeeds()
"""Every size goes in."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """Whether an image may go through in tiles, and how far they must overlap."""

    kind: Literal["exact", "approximate", "none"]
    """``exact``: tiles give the pixels of the whole image; ``approximate``: they may differ; ``none``: no tiles."""
    overlap: int | None = None
    """How many low-resolution pixels on each side of a tile an output pixel may depend on; None where nobody knows."""
    tile: int | None = None
    """The side of the tiles in use, overlap included; None where images go through whole."""


NO_TILES = Tiling("none")
"""Images go through whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerDescription:
    """Everything that a caller may ask of an upscaler without running it."""

    name: str
    """What tables call it."""
    spec: str
    """The text that makes it again: ``spandrel:weights.pth``."""
    architecture: str
    """What computes the pixels: ``Real-ESRGAN Compact (64nf, 16nc)``, ``bicubic interpolation as MATLAB's``."""
    scale: int | None
    """Output over input size; None for a folder of outputs, which may hold any."""
    channels: Channels
    """What goes in. Grey images go through RGB networks three times over, and come back as the mean of the three."""
    size: SizeNeeds = ANY_SIZE
    """Which input sizes it takes by itself; `Upscaler.upscale` takes every size."""
    value_range: tuple[float, float] | None = None
    """What black and white are inside the network; None for what works in the image's own units."""
    device: str = "cpu"
    """``cpu``, ``cuda`` or ``cuda:1``."""
    tiling: Tiling = NO_TILES
    """Whether and how images go through in tiles."""
    self_ensemble: bool = False
    """Whether the output is the mean over the eight flips and rotations."""
    trained_on: str = "unknown"
    """The folder or data set that it was trained on, as stated by the user."""
    digest: str | None = None
    """SHA-256 of the weights file; None where there is none."""
    parameters: int | None = None
    """How many trained numbers it holds; None where nobody knows."""
    needs_code: bool = False
    """Whether loading it runs a program that the user named, and so wants ``--allow-code``."""


@runtime_checkable
class Upscaler(Protocol):
    """Makes a larger image of a small one.

    Whatever has these two is an upscaler: the adapters of this folder, and any object of a user. Upscalers are called
    from one thread at a time.
    """

    @property
    def description(self) -> UpscalerDescription:
        """What it is; the same value for as long as it lives."""

    def upscale(self, image: Image, facts: ImageFacts = ...) -> Image:
        """Return the image made larger, as floats that are neither clipped nor rounded.

        Parameters
        ----------
        image : ndarray, (H, W) or (H, W, C)
            RGB order, uint8, uint16 or float.
        facts : ImageFacts
            The image's key, and the ranges of input and output.

        Returns
        -------
        ndarray, (H * scale, W * scale) or (H * scale, W * scale, C)
            float32 or float64, in the reference's units.
        """
