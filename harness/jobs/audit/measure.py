"""Every convention's scores of one pair of images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.jobs.audit.facts import PageFacts
from harness.jobs.audit.plan import Pixels, Plan, ReadingWork, WindowWork, variant_of
from harness.jobs.audit.rules import PsnrRule, Reading, range_in_force
from harness.jobs.audit.ssim_maps import Layer, ValidSums, Variant, layer_of
from srmetrics.metrics.downsample import automatic_factor, downsample, read_whole
from srmetrics.prepare.gate import largest_value
from srmetrics.prepare.pair import HeldRows, PreparedPair, prepare_pair
from srmetrics.protocol import EvaluationProtocol

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairScores:
    """One pair under every rule of a space; NaN where a rule cannot be applied."""

    psnr: Array
    """In dB, by the place of the rule."""
    relative: Array
    """The mean squared error over all channels, of values scaled to 0..1."""
    ssim: Array


def measure(reference: Pixels, candidate: Pixels, facts: PageFacts, plan: Plan, volume_max: float) -> PairScores:
    """Return the scores of a pair.

    Parameters
    ----------
    reference, candidate : ndarray
        As stored.
    facts : PageFacts
        Of this pair.
    plan : Plan
        What to compute.
    volume_max : float
        The largest value of all pages of the reference's file.

    Raises
    ------
    SrmetricsError
        When the pair cannot be scored under any convention: sizes, depths, values that are no numbers.
    """
    space = plan.space
    scores = PairScores(*(np.full(len(rules), np.nan) for rules in (space.psnr, space.psnr, space.ssim)))
    if facts.factor != 1.0:
        candidate = candidate.astype(np.float64) * facts.factor
    if plan.change is not None:
        reference, candidate = plan.change(reference, candidate)
    for reading, work in _wanted(plan.readings, facts):
        pair = _prepared(reference, candidate, reading, facts, plan)
        pair.require_finite(None)
        full = pair.data_range
        first, second = read_whole(pair)
        unsigned = pair.stored[0].dtype.kind == "u"
        ranges = _Ranges(full, largest_value(pair.stored[0]), volume_max, _spreads(first, second))
        if reading.stored == "8-bit":
            ranges = replace(ranges, volume_max=volume_max * 255.0 / facts.full_range)
        _score_errors(first, second, work, ranges, scores)
        centre = full / 2.0 if unsigned else float(first.mean())
        _score_maps(first, second, work, ranges, centre, plan, scores)
    return scores


@dataclass(frozen=True, slots=True)
class _Ranges:
    full: float
    largest: float
    volume_max: float
    spreads: Mapping[str, float]

    def of(self, rule: str, pooling: str) -> float:
        """Return the data range of a rule, NaN where the images give none."""
        if rule == "reference-max":
            value = self.volume_max if pooling == "volume" else self.largest
        else:
            value = range_in_force(rule, self.full, dict(self.spreads))
        return value if value > 0 else float("nan")


def _spreads(first: Array, second: Array) -> dict[str, float]:
    one, other = (float(image.max() - image.min()) for image in (first, second))
    return {"reference-spread": one, "candidate-spread": other, "larger-spread": max(one, other)}


def _wanted(readings: Mapping[Reading, ReadingWork], facts: PageFacts) -> Iterable[tuple[Reading, ReadingWork]]:
    """Yield readings with their work, those that are the same for this pair joined."""
    joined: dict[Reading, ReadingWork] = {}
    for reading, work in readings.items():
        mine = _effective(reading, facts)
        if mine not in joined:
            joined[mine] = ReadingWork(
                list(work.psnr), {key: WindowWork(list(one.rules)) for key, one in work.ssim.items()}
            )
            continue
        joined[mine].psnr += work.psnr
        for key, one in work.ssim.items():
            joined[mine].ssim.setdefault(key, WindowWork()).rules.extend(one.rules)
    for reading, work in joined.items():
        # Without downsampling first.
        work.ssim = dict(sorted(work.ssim.items(), key=lambda one: one[0][0] != "none"))
        yield reading, work


def _effective(reading: Reading, facts: PageFacts) -> Reading:
    """Return the reading that gives the same arrays for this pair, the simplest that does."""
    if 1 not in facts.channels:
        reading = reading._replace(grey="keep")
        if reading.colour == "mean-of-channels":
            return reading._replace(colour="all-channels")
    elif reading.grey == "keep" or reading.colour in ("all-channels", "mean-of-channels"):
        return reading._replace(colour="all-channels", round="none", grey="keep")
    return reading


def _prepared(reference: Pixels, candidate: Pixels, reading: Reading, facts: PageFacts, plan: Plan) -> PreparedPair:
    full = facts.full_range
    if reading.stored == "8-bit":
        reference, candidate = (_in_bytes(image, full) for image in (reference, candidate))
        full = 255.0
    protocol = EvaluationProtocol(
        colour=reading.colour, round=reading.round, grey=reading.grey, alpha=reading.alpha, align=reading.align
    )
    return prepare_pair(reference, candidate, protocol, scale=plan.scale, data_range=full)


def _in_bytes(image: Pixels, full: float) -> Pixels:
    return (
        image if image.dtype == np.uint8 else np.clip(np.floor(image * (255.0 / full) + 0.5), 0, 255).astype(np.uint8)
    )


def _score_errors(first: Array, second: Array, work: ReadingWork, ranges: _Ranges, scores: PairScores) -> None:
    crops = sorted({rule.crop for _, rule in work.psnr})
    if not crops:
        return
    by_crop = squared_errors(first, second, crops)
    for place, rule in work.psnr:
        if rule.crop in by_crop:
            scores.psnr[place], scores.relative[place] = decibels(
                by_crop[rule.crop], rule, ranges.of(rule.range, rule.pooling)
            )


def squared_errors(first: Array, second: Array, crops: Iterable[int]) -> dict[int, Array]:
    """Return each channel's mean squared error by crop; crops that leave nothing are left out."""
    squares = np.ascontiguousarray(np.moveaxis(np.square(first - second), 2, 0))
    _, height, width = squares.shape
    kept = [crop for crop in crops if 2 * crop < min(height, width)]
    most = max(kept, default=0)
    rows = squares.sum(axis=2)
    sides = squares[:, :, :most] + squares[:, :, ::-1][:, :, :most]
    outside = np.concatenate([np.zeros((*rows.shape, 1)), np.cumsum(sides, axis=2)], axis=2)
    return {
        crop: (rows - outside[:, :, crop])[:, crop : height - crop].sum(axis=1)
        / ((height - 2 * crop) * (width - 2 * crop))
        for crop in kept
    }


def decibels(errors: Array, rule: PsnrRule, span: float) -> tuple[float, float]:
    """Return PSNR of channels' mean squared errors under a rule, and the relative error over all channels."""
    apart = rule.reading.colour == "mean-of-channels"
    relative = (errors if apart else errors.mean(keepdims=True)) / span**2 + (rule.psnr_eps or 0.0)
    with np.errstate(divide="ignore"):
        return float(np.mean(0.0 - 10.0 * np.log10(relative))), float(relative.mean())


def _score_maps(
    first: Array, second: Array, work: ReadingWork, ranges: _Ranges, centre: float, plan: Plan, scores: PairScores
) -> None:
    layer = None
    for (shrinking, window), windows in work.ssim.items():
        if shrinking == "none":
            layer = layer or layer_of(first, second, centre)
            _take(layer, window, windows, ranges, scores)
            continue
        for crop in windows.crops:
            mine = WindowWork([one for one in windows.rules if one[1].crop == crop])
            height, width = (size - 2 * crop for size in first.shape[:2])
            if min(height, width) < 1:
                continue
            if automatic_factor(height, width, shrinking) == 1:
                mine = _from_twins(mine, plan, scores)
            if not mine.rules:
                continue
            cut = slice(crop, crop + height), slice(crop, crop + width)
            rows, _ = downsample(HeldRows(first[cut], second[cut]), None, shrinking)
            small = read_whole(rows)
            uncropped = WindowWork([(place, rule._replace(crop=0)) for place, rule in mine.rules])
            _take(layer_of(*small, centre), window, uncropped, ranges, scores)


def _from_twins(work: WindowWork, plan: Plan, scores: PairScores) -> WindowWork:
    """Take the values of rules without downsampling; return those that have none to take."""
    left = WindowWork()
    for place, rule in work.rules:
        if place in plan.twins:
            scores.ssim[place] = scores.ssim[plan.twins[place]]
        else:
            left.rules.append((place, rule))
    return left


def _take(layer: Layer, window: str, work: WindowWork, ranges: _Ranges, scores: PairScores) -> None:
    variants = work.variants
    constants = []
    for pooling, rule, covariance, (k1, k2) in variants:
        span = ranges.of(rule, pooling)
        constants.append(Variant(covariance == "sample", (k1 * span) ** 2, (k2 * span) ** 2))
    distinct = list(dict.fromkeys(constants))
    sums = ValidSums(layer, window, distinct, work.crops)
    column = {variant: distinct.index(constant) for variant, constant in zip(variants, constants, strict=True)}
    for edges in dict.fromkeys(rule.edges for _, rule in work.rules):
        mine = [(place, rule) for place, rule in work.rules if rule.edges == edges]
        means = sums.means(edges, sorted({rule.crop for _, rule in mine}))
        for place, asked in mine:
            scores.ssim[place] = means[column[variant_of(asked)]][asked.crop]
