"""Candidates that are shifted against their references, by whole pixels or parts of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.luma import Plane
from harness.jobs.diagnose.shift import Shift, estimate_shift
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, before_after, finding, medians, who

SMALLEST = 32
"""Rows and columns that are needed: parts of smaller images disagree too little for what upscaling by 4 invents."""

LEAST = 0.15
"""Pixels. The farthest of 231 clean pairs is at 0.047 (a drawn image at x4); of Set5, Set14 and RCAN at 0.021."""

LEAST_DEVIATIONS = 16.0
"""Standard errors of the estimate that the shift must be long. What Real-ESRGAN's degradations left of 200 white blood
cells seems shifted by 0.15 px and more in 121 of them, by 9.3 standard errors at most; bicubic interpolation at x4 of
1284 crops of 32 to 96 px by 14.3 at most. Set5, Set14 and RCAN's outputs shifted by 0.15 px have 14.7 and more (one of
77 under 16), by 0.25 px 24.7 and more."""

WINDOW = 1024
"""Rows and columns of the middle that are looked at: more does not make the estimate better."""

WHOLE = 0.06
"""Pixels within which a shift counts as whole."""

SAME = 0.12
"""Pixels within which shifts are told as one; a half-pixel convention is told by as much."""


def measure(reference: Plane, candidate: Plane) -> Shift | None:
    """Return the shift of the middle, or None where it is too small, too unsure, or brings nothing when undone."""
    if min(reference.shape) < SMALLEST:
        return None
    middle = tuple(
        slice((length - min(length, WINDOW)) // 2, (length + min(length, WINDOW)) // 2) for length in reference.shape
    )
    shift = estimate_shift(reference[middle], candidate[middle])
    sure = shift.length >= LEAST and shift.deviations >= LEAST_DEVIATIONS
    return shift if sure and shift.gain_db > 0 else None


def observe(candidate: View, shift: Shift | None, before_db: float) -> Iterator[Observation]:
    """See a shift."""
    if shift is not None:
        yield candidate.saw(
            "shifted", rows=shift.rows, columns=shift.columns, before_db=before_db, after_db=before_db + shift.gain_db
        )


def gathered(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Divide observations of one method into those that are shifted alike."""
    groups: list[list[Observation]] = []
    for one in observations:
        for group in groups:
            if all(abs(one.numbers[axis] - medians(group)[axis]) <= SAME for axis in ("rows", "columns")):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of shifts of about one size."""
    numbers = medians(observations)
    rows, columns = numbers["rows"], numbers["columns"]
    vertical = f"{abs(rows):.2f} px {'down' if rows > 0 else 'up'}" if abs(rows) >= 0.05 else ""
    horizontal = f"{abs(columns):.2f} px to the {'right' if columns > 0 else 'left'}" if abs(columns) >= 0.05 else ""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'is', 'are')} shifted by ({rows:+z.2f}, {columns:+z.2f}) px",
        evidence=f"{' and '.join(part for part in (vertical, horizontal) if part)}; {before_after(numbers)} (luma)",
        effect="PSNR and SSIM charge the whole shift as error, more in sharp outputs than in blurred ones",
        way_out=_convention(rows, columns, totals.scale),
    )


def _convention(rows: float, columns: float, scale: int | None) -> str:
    """Say which usual mistake makes such a shift."""
    size = (abs(rows) + abs(columns)) / 2
    even = abs(abs(rows) - abs(columns)) <= SAME
    for one in [scale] if scale else [2, 3, 4]:
        if even and rows * columns > 0 and abs(size - (one - 1) / 2) <= SAME:
            made = "image[::S, ::S] or a corner-aligned resize" if rows > 0 else "an output placed at corners"
            return f"(S-1)/2 = {(one - 1) / 2:g} px at x{one}: {made} on one side and pixel centres on the other"
    if all(abs(by - round(by)) < WHOLE for by in (rows, columns)):
        return "Whole pixels: look at padding, cropping and borders on one side"
    if even and abs(size - 0.5) <= SAME:
        return "Half a pixel: pixel corners on one side, centres on the other (half_pixel_centers, align_corners)"
    return "Look at how the low-resolution image was made and how the output is placed: pixel centres, not corners"
