"""Channels that do not go together: alpha, grey against colour, and sets that mix them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who

COLOURLESS = "three equal channels where the reference has colours"


def observe(view: View) -> Iterator[Observation]:
    """See an alpha channel."""
    if view.alpha is not None:
        opaque = np.iinfo(view.alpha.dtype).max if view.alpha.dtype.kind in "ui" else 1.0
        share = 100 * float(np.mean(view.alpha < opaque))
        yield view.saw("alpha", "opaque" if share == 0 else "used", share=share)


LEAST_COLOUR = 4 / 255
"""Root mean square of how far a reference's channels lie from their mean, from which it has colours to lose."""


def observe_pair(reference: View, candidate: View) -> Iterator[Observation]:
    """See a grey image against a colour one, be it stored as one channel or as three equal ones."""
    if reference.channels == candidate.channels:
        if reference.channels == 3 and np.ptp(candidate.colours, axis=2).max() == 0 and not candidate.constant:
            colour = float(np.sqrt(np.square(reference.scaled - reference.scaled.mean(axis=2, keepdims=True)).mean()))
            if colour >= LEAST_COLOUR:
                yield candidate.saw("channels-differ", COLOURLESS, difference=255 * colour)
        return
    wide = reference if reference.channels == 3 else candidate
    largest = float(np.max(np.ptp(wide.scaled, axis=2))) * 255 if wide.channels == 3 else 255.0
    names = f"{candidate.channels} against {reference.channels}"
    yield candidate.saw("channels-differ", f"{names}{', all equal' if largest == 0 else ''}", difference=largest)


def observe_set(views_of: Sequence[tuple[Observation, str]]) -> Iterator[Observation]:
    """See a set of several channel counts. Given a blank observation of each image, and its count."""
    counts = Counter(name for _, name in views_of)
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        for blank, name in views_of:
            if name != usual:
                alike = f"{name} among images of {usual}"
                yield Observation("channels-mixed", blank.role, blank.method, blank.image, blank.file, alike)


def tell_alpha(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of alpha channels."""
    opaque = observations[0].alike == "opaque"
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'has', 'have')} an alpha channel"
        + (" that is opaque everywhere" if opaque else ""),
        evidence=f"{medians(observations)['share']:.1f} % of the pixels are not opaque",
        effect="compare refuses the pair unless told what to do with it",
        way_out="Say it: --alpha drop" if opaque else "Say it: --alpha composite (on white) or --alpha drop",
    )


def tell_differ(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of pairs with different channel counts."""
    if observations[0].alike == COLOURLESS:
        return finding(
            observations,
            "error",
            f"{who(observations, totals, 'has', 'have')} {COLOURLESS}",
            evidence=f"the reference's lie {medians(observations)['difference']:.1f} of 255 from their mean (root mean "
            "square)",
            effect="the lost colour counts as error in every colour score, and not at all on Y alone",
            way_out="Save the colours too: Cb and Cr of the interpolated input beside a Y that a model restored",
        )
    equal = "all equal" in observations[0].alike
    return finding(
        observations,
        "note" if equal else "error",
        f"{who(observations, totals, 'has', 'have')} another number of channels than the "
        f"reference: {observations[0].alike}",
        evidence=f"the three channels differ by up to {medians(observations)['difference']:.0f} of 255",
        effect="compare scores the one channel that they share; tools that take Y of one side alone are off by 1.3 dB"
        if equal
        else "compare refuses the pair: a grey image has no colours to compare",
        way_out="Nothing, or --grey expand where the other tool did so" if equal else "Say it: --grey expand",
    )


def tell_mixed(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of a set of grey and colour images."""
    return finding(
        observations,
        "note",
        f"{who(observations, totals, 'has', 'have')} another number of channels than the rest: {observations[0].alike}",
        evidence="the files' channels",
        effect="a grey image is scored as it is, or as RGB that goes through Y: on Set14 the mean moves by 0.09 dB",
        way_out="Say which in the paper: --grey keep (default) or --grey expand",
    )
