"""Files that cannot be read, and names without a partner."""

from __future__ import annotations

from collections.abc import Sequence

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.words import Totals, finding, medians, subject, verb, who


def tell_unreadable(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of files that cannot be read; ``alike`` is the reason."""
    return finding(
        observations,
        "error",
        f"{subject(observations, totals)} cannot be read",
        evidence=observations[0].alike,
        effect="there is no score",
        way_out=observations[0].way_out or "Copy or make the file again",
    )


def tell_unclear(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of names that fit several files; ``alike`` is the reason."""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} no clear partner",
        evidence=observations[0].alike,
        effect="there is no score",
        way_out=observations[0].way_out or "Leave one file, or say the pairs: --pair",
    )


def tell_slices(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of volumes of another length."""
    numbers = medians(observations)
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'has', 'have')} another number of slices than the reference",
        evidence=f"{numbers['slices']:.0f} against {numbers['of_reference']:.0f}",
        effect="the volume is not scored: which slice belongs to which is not clear",
        way_out="Write all slices of the reference, in its order, or leave the others out of the reference",
    )


def tell_missing(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of references without an output."""
    names = ", ".join(repr(one.image) for one in observations[:3])
    more = f" and {len(observations) - 3} more" if len(observations) > 3 else ""
    count = len(observations)
    if totals.of(observations[0]) == 0:
        return finding(
            observations,
            "error",
            f"no file of {observations[0].method} pairs with a reference",
            evidence=f"no candidate for {names}{more}",
            effect="there is no score",
            way_out="Say how names belong together: --pair with a regular expression of one group, or a CSV of the "
            "columns image,candidate",
        )
    return finding(
        observations,
        "warning",
        f"{count} of {totals.references} references {'has' if count == 1 else 'have'} no candidate",
        evidence=f"{names}{more}",
        effect="a mean over other images than the others' cannot be compared with theirs",
        way_out="Add the outputs, or compare on the common images (what compare does)",
    )


def tell_extra(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of outputs without a reference."""
    names = ", ".join(repr(one.image) for one in observations[:3])
    more = f" and {len(observations) - 3} more" if len(observations) > 3 else ""
    return finding(
        observations,
        "note",
        f"{len(observations)} {verb(observations, 'file belongs', 'files belong')} to no reference",
        evidence=f"{names}{more}",
        effect="they are not scored",
        way_out="Nothing, if they are meant to be there",
    )
