"""Candidates of another size: low-resolution inputs, another factor, crops, and references that want modcrop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.luma import Plane
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, verb, who

SCALES = (2, 3, 4, 8)
MOST_CROPPED = 0.25
"""The share of a side that may be missing for the candidate to be looked for as a part of the reference."""

LEAST_MATCH = 0.8
"""Correlation with the part of the reference that a crop must have, or the reference with the part of the padded."""

NEAR_WHOLE = 0.02
"""The part of a scale by which sizes may miss it: one of 60 rows is cut off or added where sizes are no multiples."""


def observe(reference: View, candidate: View, scale: int | None) -> Iterator[Observation]:
    """See another size."""
    (height, width), (rows, columns) = reference.shape, candidate.shape
    if (height, width) == (rows, columns):
        return
    sizes = {"rows": rows, "columns": columns, "reference_rows": height, "reference_columns": width}
    scales = (scale,) if scale else SCALES
    for one in (one for one in scales if one > 1):
        if (rows, columns) == (height // one * one, width // one * one):
            yield candidate.saw("modcrop", f"x{one}", scale=one, **sizes)
            return
    for one in sorted({*(scale for scale in scales if scale > 1), *SCALES}):
        if abs(rows * one - height) < one and abs(columns * one - width) < one:
            yield candidate.saw("low-resolution", f"x{one}", scale=one, **sizes)
            return
        if rows == height * one and columns == width * one:
            yield candidate.saw("too-large", f"x{one}", scale=one, **sizes)
            return
    seen = all(view.finite and not view.constant for view in (reference, candidate))
    for kind, whole, part in (("cropped", reference, candidate), ("padded", candidate, reference)):
        place = _place(whole.luma, part.luma) if seen else None
        if place is not None:
            corner = "from the top-left corner" if place == (0, 0) else f"from row {place[0]}, column {place[1]}"
            yield candidate.saw(kind, corner, top=place[0], left=place[1], **sizes)
            return
    yield candidate.saw("size", factor=float(np.sqrt(rows * columns / (height * width))), **sizes)


def _place(whole: Plane, part: Plane) -> tuple[int, int] | None:
    """Return where in one image the other lies, or None where it is no part of it."""
    import cv2

    lost = [ours - theirs for ours, theirs in zip(whole.shape, part.shape, strict=True)]
    if min(lost) < 0 or any(gone > MOST_CROPPED * length for gone, length in zip(lost, whole.shape, strict=True)):
        return None
    match = cv2.matchTemplate(whole.astype(np.float32), part.astype(np.float32), cv2.TM_CCOEFF_NORMED)
    _, best, _, (left, top) = cv2.minMaxLoc(match)
    resized = cv2.resize(part, whole.shape[::-1], interpolation=cv2.INTER_LINEAR)
    as_a_whole = float(np.corrcoef(resized.ravel(), whole.ravel())[0, 1])
    return (int(top), int(left)) if best >= LEAST_MATCH and best > as_a_whole else None


def _shown(numbers: dict[str, float]) -> str:
    return (
        f"{numbers['columns']:.0f} x {numbers['rows']:.0f} against {numbers['reference_columns']:.0f} x "
        f"{numbers['reference_rows']:.0f} pixels"
    )


def tell_modcrop(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of references that were cut to a multiple of the scale for the candidates only."""
    numbers = medians(observations)
    scale = int(numbers["scale"])
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'has', 'have')} the size of the reference cut to a multiple of {scale}",
        evidence=_shown(numbers) + ", such as in the median",
        effect="the pair is not scored as it is: sizes must agree",
        way_out=f"Cut the reference too: --align modcrop --scale {scale}",
    )


def tell_low(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of low-resolution images in the place of outputs."""
    numbers = medians(observations)
    scale = int(numbers["scale"])
    other = _of_another_model(1 / scale, totals)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} the size of a low-resolution image (x{scale})",
        evidence=_shown(numbers),
        effect="the pair is not scored; resized to fit, it would score as bicubic interpolation does",
        way_out=f"{other}; or name the folder of outputs, not that of inputs"
        if other
        else "Name the folder of outputs, not that of inputs",
    )


def _of_another_model(factor: float, totals: Totals) -> str:
    """Say that outputs of a size were made by the model of another scale, where that is so; else nothing."""
    made = factor * totals.scale if totals.scale else 0.0
    whole = round(made)
    if whole < 2 or whole == totals.scale or abs(made - whole) > NEAR_WHOLE * whole:
        return ""
    return f"Outputs of x{whole} have this size where x{totals.scale} is wanted: use the model of x{totals.scale}"


def tell_large(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of outputs of a larger factor."""
    numbers = medians(observations)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} {numbers['scale']:.0f} times as large as the reference",
        evidence=_shown(numbers),
        effect="the pair is not scored",
        way_out="Feed the model the low-resolution image, or use the model of the right factor",
    )


def tell_cropped(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of crops."""
    numbers = medians(observations)
    at_corner = numbers["top"] == numbers["left"] == 0
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} cropped, {observations[0].alike}",
        evidence=_shown(numbers),
        effect="the pair is not scored"
        if at_corner
        else "the pair is not scored; cut to one size, it would be shifted",
        way_out="Cut the reference alike: --align crop"
        if at_corner
        else "Cut the references in the same place, and score those (--align crop would cut in another place)",
    )


def tell_padded(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of outputs with a border, or with more rows and columns than the reference."""
    numbers = medians(observations)
    top, left = numbers["top"], numbers["left"]
    at_corner = top == left == 0
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} padded: the reference lies in {verb(observations, 'it', 'them')} "
        f"{observations[0].alike}",
        evidence=_shown(numbers),
        effect="the pair is not scored"
        if at_corner
        else "the pair is not scored; cut to one size at the corner, it would be shifted",
        way_out="Cut what is more: --align crop"
        if at_corner
        else f"Cut the border before saving: image[{top:.0f}:{top + numbers['reference_rows']:.0f}, "
        f"{left:.0f}:{left + numbers['reference_columns']:.0f}]",
    )


def tell_size(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of any other size."""
    numbers = medians(observations)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} another size than the reference",
        evidence=f"{_shown(numbers)}: a factor of {numbers['factor']:.3f}",
        effect="the pair is not scored",
        way_out=_of_another_model(numbers["factor"], totals)
        or "Make outputs of the reference's size; --align resize-opencv-bilinear resizes, and is in the signature",
    )
