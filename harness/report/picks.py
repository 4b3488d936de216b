"""Which images to look at: the worst, the median and the best of each method, by each metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.report.scores import Block

RANKS = ("worst", "median", "best")


@dataclass(frozen=True, slots=True)
class Pick:
    """An image that stands for a method."""

    method: str
    metric: str
    rank: str
    """``worst``, ``median`` or ``best``."""
    image: str
    value: float


def pick_images(block: Block, methods: Sequence[str], metrics: Sequence[str], higher: Mapping[str, bool]) -> list[Pick]:
    """Return the worst, the median and the best image of every method by every metric.

    The median is the image whose value stands in the middle (the lower of two); ties go by the image's name. Of one
    image there is a best alone, of two a worst and a best.
    """
    picks: list[Pick] = []
    for metric in metrics:
        columns = block.columns(metric)
        for method in methods:
            values = columns.get(method, {})
            sign = 1 if higher[metric] else -1
            order = sorted(values, key=lambda image: (sign * values[image], image))
            if not order:
                continue
            places = {"worst": 0, "median": (len(order) - 1) // 2, "best": len(order) - 1}
            if len(order) < 3:
                del places["median"]
            if len(order) < 2:
                del places["worst"]
            picks += [Pick(method, metric, rank, order[place], values[order[place]]) for rank, place in places.items()]
    return picks


def shown_images(block: Block, picks: Sequence[Pick], methods: Sequence[str], metric: str, most: int) -> list[str]:
    """Return the images whose pictures are shown: all, or those picked and others spread evenly over the scores.

    Parameters
    ----------
    block : Block
        Where the images come from.
    picks : sequence of Pick
        These are always among them, in this order where there is no room for all.
    methods : sequence of str
        The first one's values say how the others are spread.
    metric : str
        By whose values.
    most : int
        How many there may be.

    Returns
    -------
    list of str
        In the order of ``per_image.csv``.
    """
    every = list(dict.fromkeys(row.image for row in block.rows))
    if len(every) <= most:
        return every
    kept = list(dict.fromkeys(pick.image for pick in picks))[:most]
    left = [image for image in every if image not in set(kept)]
    values = block.columns(metric).get(methods[0], {})
    left.sort(key=lambda image: (values.get(image, math.inf), image))
    room = most - len(kept)
    kept += [left[(2 * place + 1) * len(left) // (2 * room)] for place in range(room)]
    wanted = set(kept)
    return [image for image in every if image in wanted]
