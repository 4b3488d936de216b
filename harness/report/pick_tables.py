"""The tables of worst, median and best images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.report.embedding import Embedding, text_cost, thumbnail_uri
from harness.report.picks import RANKS, Pick
from harness.report.picture_task import CANDIDATE, ERROR, SIMILARITY, Layer, ShownImage
from harness.report.words import UNITS, metric_name, value_text

MAPS = {"ssim": SIMILARITY}
"""Metrics with a map of their own; beside picks by others stands the absolute error."""


@dataclass(frozen=True, slots=True)
class PickPicture:
    """A thumbnail."""

    source: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class ShownPick:
    """One cell."""

    image: int
    """The place of the image in the page's data."""
    method: int
    key: str
    value: str
    pictures: tuple[PickPicture, ...]
    openable: bool
    scale: str
    """What the colours of the map run to; empty where there is none."""


@dataclass(frozen=True, slots=True)
class PickRow:
    """One method."""

    method: str
    picks: tuple[ShownPick | None, ...]


@dataclass(frozen=True, slots=True)
class PickTable:
    """One metric."""

    metric_id: str
    metric: str
    where: str
    ranks: tuple[str, ...]
    rows: tuple[PickRow, ...]


def pick_costs(picks: Sequence[Pick], images: Mapping[str, ShownImage]) -> dict[str, int]:
    """Return each picked image, in order, with the bytes of all thumbnails that the tables hold of it."""
    costs: dict[str, int] = {}
    for pick in picks:
        mine = sum(text_cost(len(layer.thumbnail)) + 96 for layer in _layers(pick, images))
        costs[pick.image] = costs.get(pick.image, 0) + mine
    return costs


def pick_tables(
    picks: Sequence[Pick],
    where: str,
    methods: Sequence[str],
    images: Mapping[str, ShownImage],
    places: Mapping[str, int],
    embedding: Embedding,
) -> list[PickTable]:
    """Return a table for each metric: methods as rows, worst, median and best as columns.

    Parameters
    ----------
    picks : sequence of Pick
        Of one block.
    where : str
        What the block is, for the caption.
    methods : sequence of str
        All methods of the run in their order.
    images : mapping of str to ShownImage
        Those with pictures.
    places : mapping of str to int
        Key to the place of the image in the page's data.
    embedding : Embedding
        Whose thumbnails lie in the page.
    """
    tables = []
    for metric in dict.fromkeys(pick.metric for pick in picks):
        ranks = tuple(rank for rank in RANKS if any(pick.rank == rank and pick.metric == metric for pick in picks))
        rows = []
        for method in methods:
            mine = {pick.rank: pick for pick in picks if (pick.metric, pick.method) == (metric, method)}
            if mine:
                cells = tuple(
                    _shown(mine[rank], methods, images, places, embedding) if rank in mine else None for rank in ranks
                )
                rows.append(PickRow(method, cells))
        tables.append(PickTable(metric, metric_name(metric), where, ranks, tuple(rows)))
    return tables


def _shown(
    pick: Pick,
    methods: Sequence[str],
    images: Mapping[str, ShownImage],
    places: Mapping[str, int],
    embedding: Embedding,
) -> ShownPick:
    layers = [layer for layer in _layers(pick, images) if pick.image in embedding.small]
    pictures = tuple(
        PickPicture(thumbnail_uri(layer), *layer.thumbnail_size, _words(pick, layer.role)) for layer in layers
    )
    unit = f" {UNITS[pick.metric]}" if pick.metric in UNITS else ""
    shown = images.get(pick.image)
    tops = {
        layer.role: "1 to 0" if layer.role == SIMILARITY else f"0 to {shown.error_top:.4g}" for layer in layers if shown
    }
    return ShownPick(
        places[pick.image],
        methods.index(pick.method),
        pick.image,
        value_text(pick.metric, pick.value) + unit,
        pictures,
        shown is not None and bool(shown.layers),
        next((f"map: {top}" for role, top in tops.items() if role != CANDIDATE), ""),
    )


def _words(pick: Pick, role: str) -> str:
    said = {CANDIDATE: f"{pick.image} by", ERROR: "absolute error of", SIMILARITY: "SSIM map of"}
    return f"{said[role]} {pick.method}"


def _layers(pick: Pick, images: Mapping[str, ShownImage]) -> list[Layer]:
    shown = images.get(pick.image)
    layers = [] if shown is None else shown.layers
    roles = (CANDIDATE, MAPS.get(pick.metric, ERROR))
    return [layer for role in roles for layer in layers if (layer.role, layer.method) == (role, pick.method)]
