"""What the page's scripts read: scores and pictures, as JSON."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.engine.row import Row
from harness.leaderboard.cells import metric_title
from harness.leaderboard.decimals import decimals_for
from harness.leaderboard.readable import readable
from harness.report.embedding import Embedding, thumbnail_uri
from harness.report.picture_task import REFERENCE, ShownImage
from harness.report.words import metric_name

FOLDER = "images"
"""Where whole pictures lie, beside the page."""


def page_data(
    rows: Sequence[Row],
    methods: Sequence[str],
    metrics: Sequence[str],
    shown: Mapping[str, ShownImage],
    embedding: Embedding,
) -> dict[str, Any]:
    """Return all that the scripts need.

    Parameters
    ----------
    rows : sequence of Row
        The scores.
    methods, metrics : sequence of str
        In the run's order.
    shown : mapping of str to ShownImage
        Those with pictures.
    embedding : Embedding
        What lies in the page.

    Returns
    -------
    dict
        ``images`` in the order of ``per_image.csv``; ``rows`` refer to images, methods and regions by their places.
    """
    images = places_of(rows)
    groups = {row.image: row.group for row in rows}
    decimals = {metric: decimals_for(metric, (row.values[metric] for row in rows)) for metric in metrics}
    regions = list(dict.fromkeys(sorted((row.region for row in rows), key=lambda region: region != "image")))
    return {
        "methods": [readable(method) for method in methods],
        "metrics": [
            {"id": metric, "name": metric_title(metric), "short": metric_name(metric), "decimals": decimals[metric]}
            for metric in metrics
        ],
        "regions": [readable(region) for region in regions],
        "grouped": any(groups.values()),
        "images": [
            {
                "key": readable(key),
                "group": readable(groups[key]),
                **(_pictures(shown[key], methods, embedding) if key in shown and shown[key].layers else {}),
            }
            for key in images
        ],
        "rows": [
            [
                images[row.image],
                methods.index(row.method),
                regions.index(row.region),
                [_number(row.values[metric], decimals[metric]) for metric in metrics],
            ]
            for row in rows
        ],
    }


def places_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return every image with its place in the page's data."""
    return {key: place for place, key in enumerate(dict.fromkeys(row.image for row in rows))}


def block_id(layer_file: str) -> str:
    """Return the id of the element that holds a whole picture."""
    return f"picture-{layer_file.removesuffix('.png')}"


def picture_blocks(shown: Mapping[str, ShownImage], embedding: Embedding, folder: Path) -> list[tuple[str, str]]:
    """Return id and base64 of every whole picture that lies in the page, each once."""
    files = {layer.file: None for image in shown.values() if image.key in embedding.whole for layer in image.layers}
    return [(block_id(file), base64.b64encode((folder / file).read_bytes()).decode("ascii")) for file in files]


def _pictures(image: ShownImage, methods: Sequence[str], embedding: Embedding) -> dict[str, Any]:
    whole, small = image.key in embedding.whole, image.key in embedding.small
    layers = []
    for layer in image.layers:
        # Where the whole picture lies in the page, a small one of the reference alone is shown, in the table.
        wanted = small and (layer.role == REFERENCE or not whole)
        layers.append(
            {
                "role": layer.role,
                "method": methods.index(layer.method) if layer.method else 0,
                "width": layer.size[0],
                "height": layer.size[1],
                "small": thumbnail_uri(layer) if wanted else None,
                "block": block_id(layer.file) if whole else None,
                "file": None if whole else f"{FOLDER}/{layer.file}",
            }
        )
    return {
        "width": image.size[0],
        "height": image.size[1],
        "window": image.window_words,
        "page": image.page_words,
        "top": float(f"{image.error_top:.4g}"),
        "changed": ", ".join(map(readable, image.changed)),
        "layers": layers,
    }


def _number(value: float, decimals: int) -> float | str | None:
    """Return a number for JSON, two decimals finer than it is shown, so that sorting tells near values apart."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return round(value, decimals + 2)
