"""Candidates whose channels stand in another order: BGR as OpenCV reads them, or any permutation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View, shrunk
from harness.jobs.diagnose.words import Totals, before_after, finding, medians, who

LEAST_GAIN_DB = 1.0
"""What the better order must bring. In 231 clean pairs no other order brought anything; a permutation of an image whose
channels are nearly equal brings less than this, and harms as little."""

SIDE = 256
ORDERS = tuple(permutations(range(3)))


def find(reference: NDArray[np.float64], candidate: NDArray[np.float64]) -> tuple[int, ...]:
    """Return the order in which the candidate's channels come nearest to the reference's; both are H x W x 3."""
    height, width = (min(SIDE, length) for length in reference.shape[:2])
    ours, theirs = (
        [shrunk(np.ascontiguousarray(image[:, :, channel]), height, width) for channel in range(3)]
        for image in (reference, candidate)
    )
    errors = np.array([[np.mean(np.square(our - their)) for their in theirs] for our in ours])
    sums = {order: sum(errors[channel, order[channel]] for channel in range(3)) for order in ORDERS}
    best = min(ORDERS, key=lambda order: float(sums[order]))
    gain = 10 * np.log10((sums[ORDERS[0]] + 1e-12) / (sums[best] + 1e-12))
    return best if gain >= LEAST_GAIN_DB else ORDERS[0]


def observe(candidate: View, order: tuple[int, ...], before_db: float, after_db: float) -> Iterator[Observation]:
    """See another order."""
    if order != ORDERS[0]:
        name = "".join("RGB"[order.index(channel)] for channel in range(3))
        yield candidate.saw("channels-permuted", name, before_db=before_db, after_db=after_db)


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of permuted channels."""
    name = observations[0].alike
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} the channels in the order {name}",
        evidence=before_after(medians(observations)) + ", over all channels",
        effect="every colour score is wrong; on Y alone red and blue change places with weights of 0.26 and 0.10",
        way_out="Save them as RGB: image[..., ::-1] before cv2.imwrite, or Pillow"
        if name == "BGR"
        else "Save the channels in the order red, green, blue",
    )
