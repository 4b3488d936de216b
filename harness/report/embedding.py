"""What of the pictures lies in the page, and what beside it: decided by how large the page may be."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.report.picture_task import REFERENCE, Layer, ShownImage

BLOCK_COST = 64
"""Bytes around a picture in the page: the element that holds it."""


@dataclass(slots=True)
class Embedding:
    """Which pictures lie in the page."""

    whole: set[str] = field(default_factory=set)
    """Images of which every picture lies in the page as it is."""
    small: set[str] = field(default_factory=set)
    """Images of which thumbnails do."""


def text_cost(data_length: int) -> int:
    """Return the length of bytes as base64."""
    return 4 * -(-data_length // 3)


def uri(kind: str, data: bytes) -> str:
    """Return bytes as the address of a picture that lies in the page."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def thumbnail_uri(layer: Layer) -> str:
    """Return a thumbnail's address; heat maps are PNG, pictures WebP."""
    return uri("png" if layer.thumbnail[:4] == b"\x89PNG" else "webp", layer.thumbnail)


def choose(images: Sequence[ShownImage], picked: Mapping[str, int], room: int) -> Embedding:
    """Choose what lies in the page.

    All pictures, where there is room for all; otherwise thumbnails of all, then whole pictures, image by image, as
    long as there is room.

    Parameters
    ----------
    images : sequence of ShownImage
        All that are shown.
    picked : mapping of str to int
        The images that come first, to the bytes of the thumbnails that the tables of picks hold of each besides.
    room : int
        Bytes.
    """
    rank = {key: place for place, key in enumerate(picked)}
    order = sorted((image for image in images if image.layers), key=lambda image: rank.get(image.key, len(rank)))
    everything = sum(_whole(image) + _small(image, REFERENCE) + picked.get(image.key, 0) for image in order)
    chosen = Embedding()
    if everything <= room:
        chosen.whole = {image.key for image in order}
        chosen.small = set(chosen.whole)
        return chosen
    for image in order:
        cost = _small(image) + picked.get(image.key, 0)
        if cost <= room:
            chosen.small.add(image.key)
            room -= cost
    for image in order:
        cost = _whole(image)
        if image.key in chosen.small and cost <= room:
            chosen.whole.add(image.key)
            room -= cost
    return chosen


def _whole(image: ShownImage) -> int:
    return sum(text_cost(layer.bytes) + BLOCK_COST for layer in image.layers)


def _small(image: ShownImage, role: str | None = None) -> int:
    layers = [layer for layer in image.layers if role in (None, layer.role)]
    return sum(text_cost(len(layer.thumbnail)) + BLOCK_COST for layer in layers)
