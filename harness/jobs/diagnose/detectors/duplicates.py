"""The same image twice in one set, also when it is flipped or turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.identical import identical_images
from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.words import Totals, finding, medians, subject


class Lazily(Mapping[str, NDArray[Any]]):
    """Images by key that are read when they are asked for."""

    def __init__(self, readers: Mapping[str, Callable[[], NDArray[Any]]]) -> None:
        self._readers = readers

    def __getitem__(self, key: str) -> NDArray[Any]:
        return self._readers[key]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


def fingerprint(colours: NDArray[Any]) -> tuple[Any, ...]:
    """Return what images that are the same in some orientation have in common, at the cost of a sum."""
    whole = colours.astype(np.uint64, copy=False) if colours.dtype.kind in "ui" else colours.astype(np.float64)
    finite = whole if whole.dtype.kind != "f" else np.where(np.isfinite(whole), whole, 0)
    # Sums of floats hang on the order of the terms in their last digits.
    return (*sorted(colours.shape[:2]), str(colours.dtype), f"{float(finite.sum()):.9g}", f"{float(colours.max()):g}")


def observe(
    blanks: Mapping[str, Observation],
    prints: Mapping[str, tuple[Any, ...]],
    readers: Mapping[str, Callable[[], NDArray[Any]]],
) -> Iterator[Observation]:
    """See sets of equal images: of each set one observation for every image but the first.

    Parameters
    ----------
    blanks : mapping of str to Observation
        For each image, what an observation of it starts from.
    prints : mapping of str to tuple
        Their fingerprints; only images that share one are read again.
    readers : mapping of str to callable
        What reads the colours of each.
    """
    alike: dict[tuple[Any, ...], list[str]] = {}
    for key, mark in prints.items():
        alike.setdefault(mark, []).append(key)
    suspects = [key for keys in alike.values() if len(keys) > 1 for key in keys]
    for same in identical_images(Lazily({key: readers[key] for key in suspects})):
        for key in same[1:]:
            blank = blanks[key]
            yield Observation(
                "duplicate",
                blank.role,
                blank.method,
                blank.image,
                blank.file,
                f"{blanks[same[0]].image!r}",
                {"copies": len(same)},
            )


def tell(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of copies within a set."""
    pairs = [f"{one.image!r} of {one.alike}" for one in observations]
    shown = ", ".join(pairs[:3]) + (f" and {len(pairs) - 3} more" if len(pairs) > 3 else "")
    of_reference = observations[0].role == "reference"
    return finding(
        observations,
        "warning",
        f"{subject(observations, totals)} {'is a copy' if len(observations) == 1 else 'are copies'} of another, also "
        "counting mirrored and turned ones",
        evidence=f"equal pixels: {shown}; up to {medians(observations)['copies']:.0f} files of one image",
        effect="the image counts twice in every mean, and intervals come out too narrow"
        if of_reference
        else "outputs of different references cannot be equal: at least one belongs to another image",
        way_out="Leave the copies out"
        if of_reference
        else "Make the outputs again; look for names that were overwritten",
    )
