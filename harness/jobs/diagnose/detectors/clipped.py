"""Candidates that are clipped where their references are not, and floats beyond their range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who

LEAST_MORE = 0.05
"""By how much the clipped share must pass the reference's. In 231 clean pairs, whose interpolation rings a little, it
passes it by at most 0.006."""

SOMEWHAT = 0.01
ENDS = {0.0: "black", 1.0: "white"}

NEARLY = 2.5 / 255

LEAST_BEYOND = 0.002
"""The share of float values outside 0..1 (or the like) that counts: unclipped networks leave more at every edge."""


def observe(reference: View, candidate: View) -> Iterator[Observation]:
    """See what was cut off, or should have been."""
    if candidate.colours.dtype.kind == "f":
        beyond = float(np.mean((candidate.scaled < -1e-6) | (candidate.scaled > 1 + 1e-6)))
        within = bool(reference.scaled.min() >= 0 and reference.scaled.max() <= 1)
        # Where the reference itself leaves the guessed range (CT values, rescaled volumes), there is no such range.
        if within and reference.top in (1.0, 255.0) and beyond > LEAST_BEYOND:
            yield candidate.saw(
                "beyond-range",
                share=100 * beyond,
                lowest=candidate.lowest,
                highest=candidate.highest,
                top=candidate.top,
            )
    for end, name in ENDS.items():
        ours, theirs = _shares(reference, candidate, end)
        if theirs > ours + LEAST_MORE:
            yield candidate.saw("clipped", name, share=100 * theirs, of_reference=100 * ours)


def somewhat(reference: View, candidate: View) -> bool:
    """Whether so much is cut off that edges beside it are bent, though it may be too little to tell."""
    shares = (_shares(reference, candidate, end) for end in ENDS)
    return any(theirs > ours + SOMEWHAT for ours, theirs in shares)


def _shares(reference: View, candidate: View, end: float) -> tuple[float, float]:
    # Nearly white counts for the reference: a JPEG of it turns white to 254, which is no fault of the candidate's.
    ours = float(np.mean(np.abs(reference.scaled - end) <= NEARLY))
    # Of the candidate, what was cut off lies at the very end: what passes it (floats of -1 to 1) was not cut off.
    return ours, float(np.mean(candidate.scaled == end))


def tell_clipped(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of values that were cut off."""
    numbers = medians(observations)
    end = observations[0].alike
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'is', 'are')} clipped to {end} where the references are not",
        evidence=f"{numbers['share']:.1f} % of the values lie at {end}, against {numbers['of_reference']:.1f} % of the "
        "reference's",
        effect="what was cut off is lost and counts as error",
        way_out="Look at the range when the image is saved: scale before converting to integers, and clip only after",
    )


def tell_beyond(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of floats outside their range."""
    numbers = medians(observations)
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'has', 'have')} values outside 0 to {numbers['top']:g}",
        evidence=f"{numbers['share']:.2f} % of the values, from {numbers['lowest']:.4g} to {numbers['highest']:.4g}",
        effect="scores differ from those of the same output saved as integers, which clips and rounds",
        way_out="Clip before saving, and say the range: --data-range " + f"{numbers['top']:g}",
    )
