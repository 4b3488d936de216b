"""Observations that others explain: what a candidate has of its reference, and what is astray beside an error."""

from __future__ import annotations

from collections.abc import Sequence

from harness.jobs.diagnose.finding import Observation

OF_SIZE = ("low-resolution", "too-large", "modcrop", "size")
"""What is no news of a candidate that shows another image: its own reference may well have its size."""

INHERITED = ("depths-mixed", "channels-mixed", "jpeg-traces")
"""What a good candidate takes from its reference. RCAN at x2 restores a JPEG's lattice (Set5's woman)."""

AS_STRONG = 0.5
"""Of a reference's evidence of JPEG, what a candidate may have by restoring it: RCAN's woman has 0.23; coded again with
the reference's own quality it has 0.8."""


def without_inherited(observations: Sequence[Observation]) -> list[Observation]:
    """Leave out what a candidate only has of its reference: its depth, its channels, even the lattice of its JPEG."""
    of_references = {(one.kind, one.image, one.alike): one for one in observations if one.role == "reference"}

    def inherited(one: Observation) -> bool:
        theirs = of_references.get((one.kind, one.image, one.alike))
        if one.role == "reference" or one.kind not in INHERITED or theirs is None:
            return False
        return one.numbers.get("evidence", 0.0) <= AS_STRONG * theirs.numbers.get("evidence", 0.0)

    return [one for one in observations if not inherited(one)]


def without_explained(observations: Sequence[Observation]) -> list[Observation]:
    """Leave out what would lead astray beside a graver finding of the same candidate.

    To resize or cut a candidate that shows another image would hide that; a range that is not the reference's is not to
    be said of both.
    """
    strangers = {(one.method, one.image) for one in observations if one.kind in ("mispaired", "unrelated")}
    ranged = {(one.method, one.image) for one in observations if one.kind == "ranges-differ"}

    def astray(one: Observation) -> bool:
        own = (one.method, one.image)
        return (one.kind in OF_SIZE and own in strangers) or (one.kind == "unused-depth" and own in ranged)

    return [one for one in observations if not astray(one)]
