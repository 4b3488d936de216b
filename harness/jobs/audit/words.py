"""Conventions in words fit for a rebuttal."""

from __future__ import annotations

import re

from harness.jobs.audit.rules import SPREADS, PsnrRule, SsimRule, protocol_of
from harness.jobs.audit.search import Convention
from srmetrics import explain, format_signature
from srmetrics.fields import shortest, window_sigma, window_size

FULL_RANGE_GAP = 1.3220
"""20 log10(255 / 219): how much lower PSNR is on full-range luma than on studio-range Y, in dB."""

_COLOUR = {
    "all-channels": "all channels as stored (RGB)",
    "mean-of-channels": "the mean over channels scored apart",
    "y-bt601": "studio-range Y (16-235)",
    "luma-bt601": "full-range luma (0.299 R + 0.587 G + 0.114 B)",
}
_EDGES = {
    "valid": "windows only where they lie inside the image",
    "reflect": "windows at every pixel, edges reflected",
    "replicate": "windows at every pixel, edges replicated",
}
_DOWNSAMPLE = {
    "none": "no downsampling before SSIM",
    "wang": "ssim.m's automatic downsampling first",
    "avg-pool": "average pooling first, as piq does",
}
_READ: dict[str, dict[str, str]] = {
    "colour": _COLOUR,
    "round": {"none": "values not rounded", "integer": "values rounded to integers"},
    "grey": {"keep": "grey images as they are", "expand": "grey images made RGB first"},
    "alpha": {"error": "no alpha", "drop": "alpha dropped", "composite": "alpha composited over white"},
    "align": {"none": "sizes as they are", "crop": "both cut to the common top-left size"},
    "stored": {"as-stored": "values as stored", "8-bit": "both rounded to 8 bits first"},
}


def label(one: Convention) -> str:
    """Return a convention's name, or the nearest name with what differs."""
    if one.ssim_nearest is not None:
        return (
            f"PSNR: {_named(one.nearest.name, one.nearest.scale, one.departures, one.psnr_rule, None)}; "
            f"SSIM: {_named(one.ssim_nearest.name, one.ssim_nearest.scale, one.ssim_departures, None, one.ssim_rule)}"
        )
    return _named(one.nearest.name, one.nearest.scale, one.departures, one.psnr_rule, one.ssim_rule)


def _named(
    name: str, scale: int | None, departures: tuple[str, ...], psnr: PsnrRule | None, ssim: SsimRule | None
) -> str:
    text = name if scale is None else f"{name} at scale {scale}"
    phrases = [phrase(each, psnr, ssim) for each in departures]
    if not phrases:
        return text
    listed = ", ".join(phrases[:-1])
    return f"{text}, but with {listed}{' and ' if listed else ''}{phrases[-1]}"


def phrase(field: str, psnr: PsnrRule | None, ssim: SsimRule | None) -> str:
    """Return one field of a convention in words; ``psnr_`` or ``ssim_`` before its name means that metric's alone."""
    if field.startswith("psnr_") and field != "psnr_eps" and psnr is not None:
        words = phrase(field.removeprefix("psnr_"), psnr, None).removesuffix(" from each side")
        return f"{words} for PSNR alone"
    if field.startswith("ssim_") and ssim is not None:
        return f"{phrase(field.removeprefix('ssim_'), None, ssim)} for SSIM"
    rule = psnr if psnr is not None else ssim
    if rule is None:
        return field
    if field in _READ or field in ("crop", "range", "pooling", "psnr_eps"):
        return _read_by_both(field, rule)
    if ssim is None:
        return field
    return {
        "window": window_words(ssim.window),
        "edges": _EDGES[ssim.edges],
        "covariance": "sample covariance (n - 1)" if ssim.covariance == "sample" else "population covariance",
        "k": f"k1 = {shortest(ssim.k[0])}, k2 = {shortest(ssim.k[1])}",
        "downsample": _DOWNSAMPLE[ssim.downsample],
    }[field]


def _read_by_both(field: str, rule: PsnrRule | SsimRule) -> str:
    reading = rule.reading
    match field:
        case "colour":
            return _COLOUR[reading.colour]
        case "align" if reading.align.startswith("resize-"):
            return f"the candidate resized by {reading.align.removeprefix('resize-')}"
        case "crop":
            return f"{rule.crop} pixel{'s' * (rule.crop > 1)} cut from each side" if rule.crop else "no border cut"
        case "range":
            return range_words(rule.range)
        case "pooling":
            return "one MSE per volume" if rule.pooling == "volume" else "each slice an image"
        case "psnr_eps":
            eps = rule.psnr_eps if isinstance(rule, PsnrRule) else None
            return "nothing added to the MSE" if eps is None else f"{eps:g} added to the MSE"
        case _:
            value = str(getattr(reading, field))
            return _READ[field].get(value, value)


def range_words(rule: str) -> str:
    """Return a rule for the data range in words."""
    if rule in SPREADS:
        return f"the data range {SPREADS[rule]}"
    if rule == "full":
        return "the full data range"
    if rule == "reference-max":
        return "the data range the reference's largest value"
    if rule.startswith("x"):
        return f"{rule[1:]} times the data range"
    return f"the data range divided by {rule[1:]}" if rule.startswith("/") else f"a data range of {rule}"


def window_words(window: str) -> str:
    """Return SSIM's window in words."""
    size, sigma = window_size(window), window_sigma(window)
    return f"uniform windows of {size} x {size}" if sigma is None else f"Gaussian windows {size}/{shortest(sigma)}"


def signatures(one: Convention, full_range: float) -> dict[str, str]:
    """Return the signatures: one for both metrics under ``both``, else one for each; none where no protocol says it."""
    found: dict[str, str] = {}
    psnr, ssim = one.psnr_rule, one.ssim_rule
    if psnr is not None and ssim is not None and not one.mixed:
        protocol = protocol_of(psnr, ssim, full_range)
        return {} if protocol is None else {"both": format_signature(protocol)}
    if psnr is not None:
        # PSNR ignores the fields of SSIM: the nearest name's stand there.
        protocol = protocol_of(psnr, one.nearest.ssim, full_range)
        if protocol is not None:
            found["psnr"] = format_signature(protocol, "psnr")
    if ssim is not None:
        protocol = protocol_of(PsnrRule(*ssim[:4]), ssim, full_range)
        if protocol is not None:
            found["ssim"] = format_signature(protocol, "ssim")
    return found


def methods_paragraph(one: Convention, full_range: float) -> str:
    """Return what a convention computes, as ``srmetrics explain`` says it; empty where it has no signature."""
    found = signatures(one, full_range)
    said = {name: explain(signature).partition("\n\n")[0] for name, signature in found.items()}
    # An audit has no masks.
    plain = {
        name: " ".join(part for part in _sentences(text) if "Inside a mask" not in part) for name, text in said.items()
    }
    return plain["both"] if "both" in plain else " ".join(f"{name.upper()}: {text}" for name, text in plain.items())


def _sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=\.) (?=[A-Z])", paragraph)


def remark(one: Convention, sr_y_psnr: float | None) -> str:
    """Return what a reader should know of a convention; empty where there is nothing."""
    if one.psnr_rule is not None and one.psnr_rule.reading.colour == "luma-bt601":
        there = "" if sr_y_psnr is None else f" (sr-y gives {sr_y_psnr:.2f} dB here)"
        return (
            "PSNR on full-range luma lies 20 log10(255/219) = 1.32 dB below PSNR on studio-range Y, which tables of "
            f"super-resolution report{there}: the two must not stand in one column"
        )
    return ""
