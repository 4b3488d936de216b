"""The conventions that are tried: every combination of the fields that makes sense for the images at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from harness.jobs.audit.facts import Facts
from harness.jobs.audit.named import Named
from harness.jobs.audit.rules import STANDARD_K, PsnrRule, Reading, SsimRule, ssim_reading

COLOURS = (
    ("all-channels", "none"),
    ("mean-of-channels", "none"),
    ("y-bt601", "none"),
    ("y-bt601", "integer"),
    ("luma-bt601", "none"),
    ("luma-bt601", "integer"),
)
WINDOWS = ("gaussian-11-1.5", "uniform-7", "uniform-11", "uniform-3")
EDGES = ("valid", "reflect", "replicate")
COVARIANCES = ("population", "sample")
SHRINKING = ("wang", "avg-pool")

WIDE_CROPS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16)
FEW_CROPS = (0, 2, 3, 4, 8)
ODD_RANGES = ("reference-max", "reference-spread", "candidate-spread", "larger-spread", "x2", "256")
"""Ranges that are in use beside the full one; ``x2`` is scikit-image's of old for floats, which it took for -1 to 1."""
ODD_K = ((0.01, 0.4),)
"""What pytorch-msssim's README suggests where SSIM comes out negative or NaN."""
USUAL_LAYOUTS = (("gaussian-11-1.5", "population"), ("uniform-7", "sample"))
"""Window and covariance that go with an odd range, odd constants or a volume."""
RESIZING = ("resize-opencv-bilinear", "resize-opencv-bicubic", "resize-opencv-area", "resize-opencv-nearest")


@dataclass(frozen=True, slots=True)
class Space:
    """The rules that are tried, each once."""

    psnr: tuple[PsnrRule, ...]
    ssim: tuple[SsimRule, ...]

    def __len__(self) -> int:
        """Return how many conventions for both there are: pairs of rules that one protocol can say."""
        return sum(1 for _ in self.joint())

    def joint(self) -> Iterator[tuple[PsnrRule, SsimRule]]:
        """Yield every pair of rules that one protocol says."""
        by_shared: dict[object, list[PsnrRule]] = {}
        for rule in self.psnr:
            by_shared.setdefault((ssim_reading(rule.reading), *rule[1:4]), []).append(rule)
        for map_rule in self.ssim:
            for error_rule in by_shared.get(map_rule[:4], ()):
                yield error_rule, map_rule


def full_space(facts: Facts, scale: int | None, named: Iterable[Named]) -> Space:
    """Return all conventions that make sense for these images.

    Parameters
    ----------
    facts : Facts
        What the images are like.
    scale : int, optional
        The factor of super-resolution: crops of it and of it + 6 are tried under every layout.
    named : iterable of Named
        Presets and known practices, which are tried whatever else is.
    """
    known = list(named)
    few = tuple(sorted({0, scale, scale + 6})) if scale else FEW_CROPS
    wide = tuple(sorted({*WIDE_CROPS, *few, *((2 * scale,) if scale else ())}))
    ranges = [rule for rule in ODD_RANGES if rule != "256" or facts.full_range == 255.0]
    psnr: dict[PsnrRule, None] = {one.psnr: None for one in known}
    ssim: dict[SsimRule, None] = {one.ssim: None for one in known}
    for reading in readings(facts):
        for crop, eps in product(wide, (None, 1e-8)):
            psnr[PsnrRule(reading, crop, "full", "image", eps)] = None
        # Y's offset and its rounding hang on the range, so that an odd range has no clear meaning for rounded Y.
        odd = ranges if reading.round == "none" else []
        for crop, rule in product(few, odd):
            psnr[PsnrRule(reading, crop, rule)] = None
        if facts.volumes and reading.colour != "mean-of-channels":
            for crop, rule in product(few, ("full", "reference-max")):
                psnr[PsnrRule(reading, crop, rule, "volume")] = None
        if reading.colour != "mean-of-channels":
            ssim |= dict.fromkeys(_ssim_rules(reading, wide, few, ranges, facts))
    return Space(tuple(psnr), tuple(ssim))


def named_space(named: Iterable[Named]) -> Space:
    """Return the presets and known practices alone."""
    known = list(named)
    return Space(tuple(dict.fromkeys(one.psnr for one in known)), tuple(dict.fromkeys(one.ssim for one in known)))


def readings(facts: Facts) -> list[Reading]:
    """Return the ways of reading these files that differ for them."""
    colours = COLOURS if facts.colour else COLOURS[:1]
    aligned = ("crop", *RESIZING) if facts.sizes_differ else ("none",)
    alphas = ("drop", "composite") if facts.alpha else ("error",)
    stored = ("as-stored", "8-bit") if facts.deeper else ("as-stored",)
    found = [
        Reading(colour, rounding, "keep", alpha, align, kept)
        for (colour, rounding), alpha, align, kept in product(colours, alphas, aligned, stored)
        if rounding == "none" or kept == "8-bit" or facts.whole
    ]
    if facts.grey:
        # Grey made RGB and then studio Y is 219/255 of itself; under every other colour nothing changes.
        expanded = {("y-bt601", "none"), ("y-bt601", "integer")} if facts.colour else set(COLOURS[2:4])
        found += [one._replace(grey="expand") for one in found if (one.colour, one.round) in expanded]
        if not facts.colour:
            found += [
                Reading(colour, rounding, "expand", alpha, align, kept)
                for (colour, rounding), alpha, align, kept in product(COLOURS[2:4], alphas, aligned, stored)
                if rounding == "none" or kept == "8-bit" or facts.whole
            ]
    return list(dict.fromkeys(found))


def _ssim_rules(
    reading: Reading, wide: tuple[int, ...], few: tuple[int, ...], ranges: list[str], facts: Facts
) -> Iterator[SsimRule]:
    for window, edges, covariance in product(WINDOWS, EDGES, COVARIANCES):
        if window not in WINDOWS[:2] and edges != "valid":
            continue
        for crop in wide if edges == "valid" else few:
            yield SsimRule(reading, crop, "full", "image", window, edges, covariance)
    for rule, crop, window, edges, covariance in product(SHRINKING, few, WINDOWS[:2], EDGES, COVARIANCES):
        yield SsimRule(reading, crop, "full", "image", window, edges, covariance, STANDARD_K, rule)
    for (window, covariance), edges, crop in product(USUAL_LAYOUTS, EDGES, few):
        for k in ODD_K:
            yield SsimRule(reading, crop, "full", "image", window, edges, covariance, k)
        # Studio Y is left out: its offset of 16 belongs to one range.
        for span in ranges if reading.colour != "y-bt601" and reading.round == "none" else ():
            yield SsimRule(reading, crop, span, "image", window, edges, covariance)
        if facts.volumes:
            for span in ("full", "reference-max"):
                if span == "full" or reading.colour != "y-bt601":
                    yield SsimRule(reading, crop, span, "volume", window, edges, covariance)
