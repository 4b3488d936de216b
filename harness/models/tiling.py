"""Large images in tiles that overlap: the same pixels as the whole image where the network sees no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from harness.models.upscaler import NO_FACTS, Image, ImageFacts, Tiling, Upscaler, UpscalerDescription
from srmetrics.errors import ModelError

GUESSED_OVERLAP = 32
"""Low-resolution pixels by which tiles overlap when nobody knows how far the network sees."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of one axis a tile covers, and which part of that is kept: half-open, in input pixels."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int


def spans(length: int, tile: int, overlap: int, multiple: int = 1) -> tuple[Span, ...]:
    """Lay tiles along one axis.

    Parameters
    ----------
    length : int
        Pixels along the axis.
    tile : int
        Pixels of a tile, its overlap on both sides included. The last one may be longer by up to ``multiple - 1``.
    overlap : int
        How far inside a tile the kept part begins and ends, but at the ends of the axis.
    multiple : int
        Every tile starts at a multiple of it, so that strided networks and windows see the grid of the whole image.

    Returns
    -------
    tuple of Span
        The kept parts follow each other without gap.

    Raises
    ------
    ModelError
        When nothing is left of a tile inside its overlap.

    Examples
    --------
    >>> [(each.start, each.stop, each.keep_start, each.keep_stop) for each in spans(10, 6, 1)]
    [(0, 6, 0, 5), (4, 10, 5, 10)]
    """
    if length <= tile:
        return (Span(0, length, 0, length),)
    step = (tile - 2 * overlap) // multiple * multiple
    if step < 1:
        raise ModelError(
            "tiles are too small for their overlap",
            found=f"tiles of {tile} pixels with an overlap of {overlap}",
            expected=f"tiles of at least {2 * overlap + multiple} pixels",
            way_out="Enlarge tile=, or lower overlap= (below the receptive field, the pixels then differ)",
        )
    last = (length - tile) // multiple * multiple
    starts = [*range(0, last, step), last]
    stops = [*(start + tile for start in starts[:-1]), length]
    # Each seam lies in the middle of what two tiles share: at least the overlap away from the edges of both.
    seams = [(left + right) // 2 for left, right in zip(starts[1:], stops[:-1], strict=True)]
    kept = pairwise([0, *seams, length])
    return tuple(Span(*tile_span, *keep) for tile_span, keep in zip(zip(starts, stops, strict=True), kept, strict=True))


def run_in_tiles(
    run: Callable[[Image], Image],
    image: Image,
    scale: int,
    tile: tuple[int, int],
    overlap: int,
    multiple: int = 1,
) -> Image:
    """Upscale an image tile by tile.

    Parameters
    ----------
    run : callable
        Makes ``(h * scale, w * scale, ...)`` of ``(h, w, ...)``.
    image : ndarray, (H, W) or (H, W, C)
        The whole image.
    scale : int
        Output over input size.
    tile : (int, int)
        Height and width of a tile.
    overlap, multiple : int
        As for `spans`.
    """
    height, width = image.shape[:2]
    output: Image | None = None
    for rows in spans(height, tile[0], overlap, multiple):
        for columns in spans(width, tile[1], overlap, multiple):
            piece = image[rows.start : rows.stop, columns.start : columns.stop]
            upscaled = run(piece)
            expected = (piece.shape[0] * scale, piece.shape[1] * scale)
            if upscaled.shape[:2] != expected:
                raise ModelError(
                    "a tile came back in the wrong size", found=f"{upscaled.shape[:2]}", expected=f"{expected}"
                )
            if output is None:
                output = np.empty((height * scale, width * scale, *upscaled.shape[2:]), upscaled.dtype)
            top, left = rows.start * scale, columns.start * scale
            into = _scaled(rows, scale, 0), _scaled(columns, scale, 0)
            output[into] = upscaled[_scaled(rows, scale, top), _scaled(columns, scale, left)]
    if output is None:
        raise ModelError("an image without pixels cannot be upscaled", found=f"shape {image.shape}")
    return output


def _scaled(span: Span, scale: int, origin: int) -> slice:
    return slice(span.keep_start * scale - origin, span.keep_stop * scale - origin)


class TiledUpscaler:
    """Any upscaler, fed in tiles.

    Parameters
    ----------
    upscaler : Upscaler
        One whose description allows tiles.
    tile : int
        The side of the square tiles, in low-resolution pixels, overlap included.
    overlap : int, optional
        By how many pixels a tile sees beyond what is kept of it; the description's own where not given.

    Raises
    ------
    ModelError
        When the upscaler takes no tiles, or when they are too small.
    """

    def __init__(self, upscaler: Upscaler, tile: int, overlap: int | None = None) -> None:
        described = upscaler.description
        if described.tiling.kind == "none" or described.scale is None:
            raise ModelError(f"{described.name!r} takes no tiles", found=f"tile={tile}", way_out="Leave tile= out")
        if described.size.fixed is not None:
            tall, wide = described.size.fixed
            raise ModelError(
                f"{described.name!r} lays its own tiles, of {tall} x {wide}",
                found=f"tile={tile}",
                way_out="Leave tile= out; overlap= says how far they overlap",
            )
        known = described.tiling.overlap
        used = overlap if overlap is not None else known if known is not None else GUESSED_OVERLAP
        if used < 0 or tile < described.size.minimum:
            raise ModelError(
                "tiles are too small" if used >= 0 else "tiles overlap by a negative number of pixels",
                found=f"tile={tile}" if used >= 0 else f"overlap={used}",
                expected=f"at least {described.size.minimum if used >= 0 else 0}",
            )
        multiple = described.size.multiple
        self._side = tile // multiple * multiple
        spans(self._side + 1, self._side, used, multiple)  # raises where nothing would be kept of a tile
        self._upscaler = upscaler
        self._overlap = used
        exact = described.tiling.kind == "exact" and known is not None and used >= known
        self._description = replace(described, tiling=Tiling("exact" if exact else "approximate", used, self._side))

    @property
    def description(self) -> UpscalerDescription:
        """What the upscaler says of itself, with the tiles in use; ``approximate`` when they overlap too little."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> Image:
        """Upscale tile by tile. Parameters as in `Upscaler.upscale`."""
        assert self._description.scale is not None  # looked at when this was made
        return run_in_tiles(
            lambda piece: self._upscaler.upscale(piece, facts),
            image,
            self._description.scale,
            (self._side, self._side),
            self._overlap,
            self._description.size.multiple,
        )
