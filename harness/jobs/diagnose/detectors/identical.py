"""Candidates that are their own references: the wrong folder, or a copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, who


def observe(reference: View, candidate: View) -> Iterator[Observation]:
    """See equal pixels."""
    if reference.colours.shape == candidate.colours.shape and np.array_equal(reference.colours, candidate.colours):
        yield candidate.saw("identical")


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of copies."""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} the reference itself, pixel by pixel",
        evidence="every pixel is equal",
        effect="PSNR is infinite and SSIM is 1, and so is every mean that holds them",
        way_out="Name the folder of outputs; if a copy lies among the outputs, make that output anew",
    )
