"""JPEG: as the file's own format, and as traces in files that are stored without loss."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.jpeg import jpeg_traces
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who

NEARLY_LOSSLESS = 96
"""The quality from which traces are a note alone: the coding lies then about 45 dB under the image, and scores of
super-resolution at 40 dB or less move by at most 0.1."""


def observe(view: View) -> Iterator[Observation]:
    """See JPEG."""
    if view.lossy:
        yield view.saw("lossy-file")
        return
    traces = jpeg_traces(view.colours)
    if traces.found:
        known: dict[str, float] = {} if traces.quality is None else {"quality": float(traces.quality)}
        place = {"row": float(traces.grid[0]), "column": float(traces.grid[1])}
        lattice = f"{traces.quality} at {traces.grid}"
        yield view.saw("jpeg-traces", lattice, evidence=traces.evidence, noise_db=traces.noise_db, **known, **place)


def tell_file(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of files in a lossy format."""
    of_reference = observations[0].role == "reference"
    return finding(
        observations,
        "warning",
        f"{who(observations, totals, 'is stored', 'are stored')} with loss (JPEG or WebP)",
        evidence="the file's format",
        effect="outputs are asked to show the coder's blocks and ringing"
        if of_reference
        else "the score is that of the output after the coder, not of the method",
        way_out="Go back to the originals" if of_reference else "Save outputs as PNG or TIFF and score those",
    )


def tell_traces(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of traces: a note for single images, which classic sets hold too, a warning where the set was coded."""
    numbers = medians(observations)
    of_reference = observations[0].role == "reference"
    quality = numbers.get("quality")
    slight = quality is not None and quality >= NEARLY_LOSSLESS
    scale = f"of quality {quality:.0f}" if quality is not None else "with tables of its own"
    corner = numbers["row"] == numbers["column"] == 0
    crop = (
        "" if corner else f", cropped since (blocks begin at row {numbers['row']:.0f}, column {numbers['column']:.0f})"
    )
    ceiling = f"{math.floor(numbers['noise_db'])} dB"
    return finding(
        observations,
        "note" if slight or not totals.mostly(observations) else "warning",
        f"{who(observations, totals, 'was a JPEG', 'were JPEGs')} before",
        evidence=f"block coefficients lie on a JPEG's lattice by {numbers['evidence']:.0f} standard deviations; "
        f"{scale}{crop}",
        effect=(
            "outputs are asked to show a coder's errors" if of_reference else "the coder took its part of the score"
        )
        + f"; the rounding of its coefficients alone is an error of {ceiling} PSNR, and more with what it left out",
        way_out="Take references that were never coded, or say it beside the numbers"
        if of_reference
        else "Score outputs that were saved as PNG or TIFF at once",
    )
