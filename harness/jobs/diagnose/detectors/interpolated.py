"""References that are themselves upscaled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.upscaled import is_upscaled
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals, finding, medians, who


def observe(view: View) -> Iterator[Observation]:
    """See an interpolation's rhythm."""
    traces = is_upscaled(view.colours)
    if traces.found and traces.factor is not None:
        numbers = {"factor": traces.factor, "strength": traces.strength, "bandwidth": traces.bandwidth}
        yield view.saw("upscaled", f"x{traces.factor:g}", **numbers)


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of upscaled references: a note for single images, a warning where the set was upscaled."""
    numbers = medians(observations)
    return finding(
        observations,
        "warning" if totals.mostly(observations) else "note",
        f"{who(observations, totals, 'was', 'were')} upscaled before, by about {numbers['factor']:g}",
        evidence=f"fine detail has the rhythm of an interpolation, {numbers['strength']:.0f} times the median of the "
        f"spectrum; detail ends at {100 * numbers['bandwidth']:.0f} % of the Nyquist frequency",
        effect="there is no fine detail to restore: plain interpolation scores well, and sharp outputs badly",
        way_out="Take the originals, or make the references smaller by that factor first",
    )
