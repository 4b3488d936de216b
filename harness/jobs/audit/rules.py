"""Conventions as the audit holds them: what PSNR reads, what SSIM reads, and the protocol that they make together."""

from __future__ import annotations

from typing import NamedTuple

from srmetrics.protocol import EvaluationProtocol

STANDARD_K = (0.01, 0.03)

SPREADS = {
    "reference-spread": "the largest less the smallest value of each reference",
    "candidate-spread": "the largest less the smallest value of each candidate",
    "larger-spread": "the larger of both images' spreads (largest less smallest value)",
}
"""Data ranges that each image sets anew, as tools do which are not told one; a protocol has no word for them."""


class Reading(NamedTuple):
    """How two files become two arrays of numbers."""

    colour: str = "all-channels"
    round: str = "none"
    grey: str = "keep"
    alpha: str = "error"
    align: str = "none"
    stored: str = "as-stored"
    """``as-stored``, or ``8-bit``: both clipped and rounded to 8 bits first, as a saved PNG would be."""


class PsnrRule(NamedTuple):
    """Everything that PSNR depends on."""

    reading: Reading = Reading()
    crop: int = 0
    range: str = "full"
    """``full``, ``reference-max``, one of SPREADS, a number, or a multiple of the full range such as ``x2``."""
    pooling: str = "image"
    psnr_eps: float | None = None


class SsimRule(NamedTuple):
    """Everything that SSIM depends on; under ``mean-of-channels`` it is that of ``all-channels``."""

    reading: Reading = Reading()
    crop: int = 0
    range: str = "full"
    pooling: str = "image"
    window: str = "gaussian-11-1.5"
    edges: str = "valid"
    covariance: str = "population"
    k: tuple[float, float] = STANDARD_K
    downsample: str = "none"


def ssim_reading(reading: Reading) -> Reading:
    """Return the reading under which SSIM is kept: channels apart or together make no difference to it."""
    return reading._replace(colour="all-channels") if reading.colour == "mean-of-channels" else reading


def one_protocol(psnr: PsnrRule, ssim: SsimRule) -> bool:
    """Return True when one protocol says both."""
    shared = ssim_reading(psnr.reading), *psnr[1:4]
    return shared == ssim[:4]


def range_in_force(rule: str, full: float, spreads: dict[str, float]) -> float:
    """Return the data range that a rule gives for one image."""
    if rule == "full":
        return full
    if rule.startswith("x"):
        return full * float(rule[1:])
    if rule.startswith("/"):
        return full / float(rule[1:])
    return spreads[rule] if rule in spreads else float(rule)


def protocol_of(psnr: PsnrRule, ssim: SsimRule, full: float) -> EvaluationProtocol | None:
    """Return the resolved protocol of two rules that go together; None where the range is one that it cannot say."""
    if psnr.range in SPREADS:
        return None
    span: float | str = psnr.range if psnr.range == "reference-max" else range_in_force(psnr.range, full, {})
    reading = psnr.reading
    return EvaluationProtocol(
        colour=reading.colour,
        round=reading.round,
        grey=reading.grey,
        alpha=reading.alpha,
        align=reading.align,
        crop=psnr.crop,
        range=span,
        pooling=psnr.pooling,
        window=ssim.window,
        edges=ssim.edges,
        covariance=ssim.covariance,
        k=ssim.k,
        downsample=ssim.downsample,
        psnr_eps=psnr.psnr_eps,
    )


def rules_of(protocol: EvaluationProtocol, stored: str = "as-stored") -> tuple[PsnrRule, SsimRule]:
    """Return the two rules of a protocol whose crop is a number."""
    reading = Reading(protocol.colour, protocol.round, protocol.grey, protocol.alpha, protocol.align, stored)
    span = protocol.range if protocol.range == "reference-max" else "full"
    crop = int(protocol.crop)
    return (
        PsnrRule(reading, crop, span, protocol.pooling, protocol.psnr_eps),
        SsimRule(
            ssim_reading(reading),
            crop,
            span,
            protocol.pooling,
            protocol.window,
            protocol.edges,
            protocol.covariance,
            protocol.k,
            protocol.downsample,
        ),
    )
