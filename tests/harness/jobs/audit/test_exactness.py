"""What the audit computes by sharing work is what ``srmetrics.evaluate`` gives under the signature that it reports."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.images.picture import picture_of
from harness.jobs.audit.facts import facts_of, facts_of_pair
from harness.jobs.audit.measure import measure
from harness.jobs.audit.named import named_conventions
from harness.jobs.audit.plan import plan_for
from harness.jobs.audit.rules import SPREADS, Reading, protocol_of
from harness.jobs.audit.space import full_space, readings
from srmetrics import evaluate
from srmetrics.errors import SrmetricsError

Pixels = NDArray[Any]

PSNR_DB = 1e-9
"""dB: sums of squares run in another order."""
SSIM = 1e-11
"""Sums of the map, and products inside it, run in another order."""


def pair_of(kind: str) -> tuple[Pixels, Pixels]:
    from skimage import data

    rng = np.random.default_rng(5)
    photo = data.coffee()[100:172, 150:247]
    noise = rng.integers(-20, 21, photo.shape)
    noisy = np.clip(photo.astype(int) + noise, 0, 255).astype(np.uint8)
    match kind:
        case "rgb":
            return photo, noisy
        case "shrunk":  # large enough that SSIM's automatic rules make it smaller
            large = data.astronaut()[:390, :401]
            return large, np.clip(large.astype(int) + rng.integers(-9, 10, large.shape), 0, 255).astype(np.uint8)
        case "grey":
            return photo[:, :, 1].copy(), noisy[:, :, 1].copy()
        case "tiny":  # narrower than two windows, so that bands cannot be laid apart
            return photo[:19, :41], noisy[:19, :41]
        case "uint16":
            return photo.astype(np.uint16) * 257, noisy.astype(np.uint16) * 257 + 3
        case "float":
            return photo / 255.0, noisy / 255.0 + 0.001
        case "alpha":
            cover = rng.integers(100, 256, photo.shape[:2], dtype=np.uint8)[:, :, None]
            return np.concatenate([photo, cover], axis=2), np.concatenate([noisy, cover], axis=2)
        case "sizes":
            return photo, noisy[:-3, :-2]
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["rgb", "shrunk", "grey", "tiny", "uint16", "float", "alpha", "sizes"])
def test_every_score_is_that_of_evaluate_under_the_same_protocol(kind: str) -> None:
    reference, candidate = pair_of(kind)
    pictures = picture_of(reference, full_depth=True), picture_of(candidate, full_depth=True)
    page = facts_of_pair(*pictures, None)
    facts = facts_of([page], 1)
    first = readings(facts)[0]
    space = full_space(facts, 3, named_conventions(3, Reading(alpha=first.alpha, align=first.align), whole=facts.whole))
    scores = measure(reference, candidate, page, plan_for(space, None, 3), float(reference.max()))
    psnr = dict(zip(space.psnr, scores.psnr, strict=True))
    ssim = dict(zip(space.ssim, scores.ssim, strict=True))
    signed = [pair for pair in space.joint() if pair[0].range not in SPREADS and pair[0].pooling == "image"]
    tested = 0
    for error_rule, map_rule in random.Random(kind).sample(signed, 60):
        protocol = protocol_of(error_rule, map_rule, page.full_range)
        assert protocol is not None
        images, span = (reference, candidate), page.full_range
        if error_rule.reading.stored == "8-bit":
            images, span = tuple(bytes_of(image, page.full_range) for image in images), 255.0
            protocol = protocol_of(error_rule, map_rule, 255.0)
        told = None if images[0].dtype.kind == "u" or error_rule.range != "full" else span
        try:
            expected = evaluate(*images, protocol, scale=3, data_range=told)
        except SrmetricsError:
            assert math.isnan(psnr[error_rule])
            continue
        assert expected["psnr"] == pytest.approx(psnr[error_rule], abs=PSNR_DB, rel=0, nan_ok=True), protocol
        assert expected["ssim"] == pytest.approx(ssim[map_rule], abs=SSIM, rel=0, nan_ok=True), protocol
        tested += 1
    assert tested >= 40


def bytes_of(image: Pixels, full: float) -> Pixels:
    return np.clip(np.floor(image / full * 255.0 + 0.5), 0, 255).astype(np.uint8)
