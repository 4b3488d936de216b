"""Other averages than the mean over all images: pooled errors, the median, images left out, one image's own score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from harness.jobs.audit.claim import Number
from harness.jobs.audit.score_table import Array
from harness.jobs.audit.search import Convention
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label

MOST_IMAGES_FOR_TWO = 20
"""Images up to which two may have been left out; among more, some two always fit."""


def suspect_averages(case: Case) -> list[Suspect]:
    """Test whether the claim is another average of the same scores, under the presets and known practices."""
    claim, table = case.claims.mean, case.table
    counted = np.flatnonzero(table.weights("image") > 0)
    if claim is None or len(counted) < 2:
        return []
    keys = [table.keys[place] for place in counted]
    found: list[Suspect] = []
    for named, one in case.conventions():
        psnr, ssim = (np.array(values)[counted] for values in one.values)
        relative = table.relative[table.psnr_rules.index(named.psnr)][counted]
        for what, first, second in _averages(psnr, ssim, relative, keys):
            if _agree(claim.psnr, first) and _agree(claim.ssim, second):
                both = claim.psnr is not None and claim.ssim is not None
                found.append(_suspect(what, one, both, case))
                break
        if len(found) == 3:
            break
    return found or [
        Suspect(
            "averages",
            "no",
            "neither PSNR of the pooled error, nor the median, nor a mean with an image left out gives it under a "
            "named convention",
        )
    ]


def _averages(
    psnr: Array,
    ssim: Array,
    relative: Array,
    keys: Sequence[str],
) -> Iterator[tuple[str, float, float]]:
    with np.errstate(divide="ignore"):
        yield (
            "PSNR of the mean squared error pooled over all images",
            float(-10 * np.log10(relative.mean())),
            ssim.mean(),
        )
    yield "the median over the images", float(np.median(psnr)), float(np.median(ssim))
    unequal = np.isfinite(psnr)
    if 1 < unequal.sum() < len(psnr):
        yield (
            f"the mean over the {unequal.sum()} images that differ from their references",
            float(psnr[unequal].mean()),
            float(ssim[unequal].mean()),
        )
    total_psnr, total_ssim, n = psnr.sum(), ssim.sum(), len(keys)
    for out in (1, 2) if 4 <= n <= MOST_IMAGES_FOR_TWO else (1,):
        if n - out < 2:
            continue
        for dropped in combinations(range(n), out):
            rest = list(dropped)
            names = " and ".join(repr(keys[place]) for place in rest)
            left = n - out
            yield (
                f"the mean without {names}",
                float((total_psnr - psnr[rest].sum()) / left) if math.isfinite(total_psnr) else math.nan,
                float((total_ssim - ssim[rest].sum()) / left),
            )
    for place, key in enumerate(keys):
        yield f"the score of {key!r} alone", float(psnr[place]), float(ssim[place])


def _agree(number: Number | None, computed: float) -> bool:
    return number is None or number.agreement(computed) == "rounded"


def _suspect(what: str, one: Convention, both: bool, case: Case) -> Suspect:
    alone = "" if both else ", though one number alone may agree by accident"
    return Suspect(
        "averages",
        "explains" if both else "possible",
        f"the claim is {what} under {label(one)}; the mean over all {case.table.n_files} is {case.shown(one)}{alone}",
    )
