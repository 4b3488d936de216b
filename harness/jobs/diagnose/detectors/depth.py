"""Depths and ranges that do not go together: 8 against 16 bits, 12 bits in 16, floats of 0..1 against 0..255."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who

TWELVE_BITS = 4095
EIGHT_BITS = 255

TIMES_APART = 8
"""By how much the largest values of two float images must differ for their ranges to be two: an output may overshoot,
and 0..1 against 0..255 is 255 times. 12 bits against 16 are 16 times; there the means must be as far apart too, for one
hot pixel makes a maximum."""


def observe(view: View) -> Iterator[Observation]:
    """See values that leave most of their type unused."""
    if view.holds_parts:
        yield view.saw("unused-depth", "0 to 1 in 8 bits", highest=view.highest, likely=1, stated=255)
        return
    likely = _likely_range(view)
    if likely != view.top:
        name = f"{8 if likely == EIGHT_BITS else 12} bits in 16"
        yield view.saw("unused-depth", name, highest=view.highest, likely=likely, stated=view.top)


def _likely_range(view: View) -> float:
    """Return what full white probably is of a 16-bit file that says nothing of it, by its highest value."""
    unsaid = view.colours.dtype == np.uint16 and view.stated_range == 65535.0
    if not unsaid or not 0 < view.highest <= TWELVE_BITS:
        return view.top
    return EIGHT_BITS if view.highest <= EIGHT_BITS else TWELVE_BITS


def observe_pair(reference: View, candidate: View) -> Iterator[Observation]:
    """See a pair whose depths or float ranges differ."""
    ours, theirs = reference.colours.dtype, candidate.colours.dtype
    if ours != theirs and not (ours.kind == theirs.kind == "f"):
        yield candidate.saw(
            "depths-differ", f"{theirs} against {ours}", reference=reference.top, candidate=candidate.top
        )
        return
    white, theirs_white = _likely_range(reference), _likely_range(candidate)
    if ours.kind == "f":
        apart = not _one_range(reference, candidate)
    else:
        apart = white != theirs_white and _means_apart(reference, candidate)
    if apart:
        yield candidate.saw(
            "ranges-differ",
            f"0 to {theirs_white:g} against 0 to {white:g}",
            reference=reference.highest,
            candidate=candidate.highest,
            times=white / theirs_white,
            white=white,
        )


def agree(reference: View, candidate: View) -> None:
    """Let the candidate's full white be the reference's, where they have one range; where not, what it probably is."""
    both = {reference.colours.dtype.kind, candidate.colours.dtype.kind}
    if both == {"f"} and _one_range(reference, candidate):
        candidate.top = reference.top
    elif reference.colours.dtype == candidate.colours.dtype == np.uint16 and _means_apart(reference, candidate):
        # Times apart as the two ranges are, so that nothing but that has to be told of it.
        candidate.top = reference.top * _likely_range(candidate) / _likely_range(reference)


def _one_range(reference: View, candidate: View) -> bool:
    if reference.top == candidate.top:
        return True
    low, high = sorted((reference.highest, candidate.highest))
    return high <= 0 or low * TIMES_APART > high


def _means_apart(reference: View, candidate: View) -> bool:
    low, high = sorted((float(reference.colours.mean()), float(candidate.colours.mean())))
    return 0 < low * TIMES_APART <= high


def observe_set(views_of: Sequence[tuple[Observation, str]]) -> Iterator[Observation]:
    """See a set whose files have several depths: the fewer stand out; given a blank of each, and its type."""
    counts = Counter(name for _, name in views_of)
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        for blank, name in views_of:
            if name != usual:
                yield Observation(
                    "depths-mixed", blank.role, blank.method, blank.image, blank.file, f"{name} among {usual}"
                )


def tell_unused(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of bits that are not used."""
    numbers = medians(observations)
    likely, stated = numbers["likely"], numbers["stated"]
    gain = 20 * np.log10(stated / likely)
    dark = likely == 1
    return finding(
        observations,
        "error" if dark else "warning",
        f"{who(observations, totals, 'holds', 'hold')} {observations[0].alike}",
        evidence=f"the largest value is {numbers['highest']:.0f} of {stated:.0f}",
        effect="the picture is lost: floats of 0..1 were converted to bytes without scaling"
        if dark
        else f"under a range of {stated:.0f} PSNR comes out {gain:.1f} dB too high, and SSIM too",
        way_out="Multiply by 255 before converting" if dark else f"Say the range: --data-range {likely:.0f}",
    )


def tell_depths(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of pairs with two depths."""
    numbers = medians(observations)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} another depth than the reference: {observations[0].alike}",
        evidence=f"full white is probably {numbers['candidate']:g}, and {numbers['reference']:g} in the reference",
        effect="compare refuses the pair; tools that do not, score two ranges against each other",
        way_out="Save both at one depth (scaled, not cut off)",
    )


def tell_ranges(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of pairs of one depth with two ranges."""
    numbers = medians(observations)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} another range than the reference: {observations[0].alike}",
        evidence=f"the largest values are {numbers['candidate']:.4g}, and {numbers['reference']:.4g} in the reference",
        effect="PSNR is near that of a black or white image, whatever the output is",
        way_out=f"Save the candidates in the references' range: their values times {numbers['times']:.4g}; "
        f"floats also want --data-range {numbers['white']:g}",
    )


def tell_mixed(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of a set with several depths."""
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'has', 'have')} another depth than the rest: {observations[0].alike}",
        evidence="the files' types",
        effect="no single --data-range holds for the set",
        way_out="Save all at one depth, or score the two parts by themselves",
    )
