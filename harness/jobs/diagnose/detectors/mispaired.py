"""Candidates that show another reference than the one they are paired with, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.jobs.diagnose.finding import Finding, Observation
from harness.jobs.diagnose.words import Totals, finding, medians, who

LEAST_CORRELATION = 0.9
"""Of the small pictures of a candidate and the reference that it shows."""

TIMES_NEARER = 4
"""By how much it must leave less of that reference than of its own."""

UNLIKE = 0.3
"""Correlation under which a candidate shows nothing of its reference. 231 clean pairs have at least 0.989."""

SMALLEST = 24
"""Rows and columns that an image needs to be recognised. Of 155 crops of blood cells and photographs of 8, 12 and 16
pixels, 20, 7 and 3 look more like another one after bicubic interpolation at x4; of 24 pixels and more, none."""

BLOCK = 512


def observe(
    thumbs: Mapping[str, NDArray[np.float32]],
    candidates: Mapping[str, tuple[Observation, NDArray[np.float32]]],
    excused: frozenset[str],
) -> Iterator[Observation]:
    """See candidates that fit another reference far better than their own, and those that fit none.

    Parameters
    ----------
    thumbs : mapping of str to ndarray
        Of the references: small pictures as vectors of length 1.
    candidates : mapping of str to (Observation, ndarray)
        Of one method, by the reference's key: what an observation starts from, and the small picture.
    excused : frozenset of str
        Keys of candidates of which it is known why they are unlike their references (turned, negative, flat).
    """
    keys = list(thumbs)
    if not keys or not candidates:
        return
    ours = np.stack([thumbs[key] for key in keys])
    place = {key: at for at, key in enumerate(keys)}
    names = [key for key in candidates if key in place and key not in excused]
    for start in range(0, len(names), BLOCK):
        block = names[start : start + BLOCK]
        fits = np.stack([candidates[key][1] for key in block]) @ ours.T
        for key, row in zip(block, fits, strict=True):
            blank, own, best = candidates[key][0], float(row[place[key]]), int(row.argmax())
            top = float(row[best])
            if top >= LEAST_CORRELATION and 1 - own > TIMES_NEARER * (1 - top):
                yield _seen(blank, "mispaired", keys[best], own=own, best=top)
            elif own < UNLIKE and candidates[key][1].any() and ours[place[key]].any():
                yield _seen(blank, "unrelated", "", own=own)


def _seen(blank: Observation, kind: str, shows: str, **numbers: float) -> Observation:
    return Observation(kind, blank.role, blank.method, blank.image, blank.file, shows, numbers)


def tell_mispaired(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of names that were mixed up."""
    numbers = medians(observations)
    shown = ", ".join(f"{one.image!r} shows {one.alike!r}" for one in observations[:3])
    more = f" and {len(observations) - 3} more" if len(observations) > 3 else ""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'shows', 'show')} another reference than the one of its name",
        evidence=f"{shown}{more}; correlation {numbers['best']:.3f} with that one, {numbers['own']:.3f} with its own",
        effect="the score compares two different images",
        way_out="Mend the names, or say the pairs: --pair TABLE.csv with the columns image,candidate",
    )


def tell_unrelated(observations: Sequence[Observation], totals: Totals) -> Finding:
    """Tell of candidates that show nothing of their references."""
    return finding(
        observations,
        "error",
        f"{who(observations, totals, 'does', 'do')} not look like the reference, nor like another",
        evidence=f"correlation {medians(observations)['own']:.3f} of the images shrunk to 32 x 32",
        effect="the score compares two different images",
        way_out="Look at the file: it may be damaged, of another set, or the model's failure",
    )
