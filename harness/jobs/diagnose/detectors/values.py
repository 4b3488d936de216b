"""Values that carry no picture: NaN and infinity, and images of one value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who


def observe(view: View) -> Iterator[Observation]:
    """See NaN, infinity and constant images."""
    if not view.finite:
        yield view.saw("not-finite", share=100 * float(1 - np.isfinite(view.colours).mean()))
    elif view.constant:
        yield view.saw("constant", value=float(view.luma[0, 0] * view.top))


def tell_not_finite(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of NaN and infinity."""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'holds', 'hold')} NaN or infinity",
        evidence=f"{medians(observations)['share']:.3g} % of the values",
        effect="there is no score: compare refuses such images",
        way_out="Find where the NaN comes from (a division, an overflow in half precision) and write the file again",
    )


def tell_constant(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of images of one value."""
    of_reference = observations[0].role == "reference"
    return finding(
        observations,
        "warning" if of_reference else "error",
        f"{who(observations, totals, 'is', 'are')} of one value",
        evidence=f"every pixel is {medians(observations)['value']:.4g}",
        effect="PSNR and SSIM against a flat image say nothing of detail"
        if of_reference
        else "scores of an empty output look like scores: a black image against a dark one can pass 20 dB",
        way_out="Leave the image out" if of_reference else "Look at what the model wrote (overflow, a wrong range)",
    )
