"""Conventions that have a name: the presets, and practices of tools and papers that mix or extend them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.jobs.audit.rules import PsnrRule, Reading, SsimRule, rules_of
from srmetrics.presets import PRESETS
from srmetrics.protocol import EvaluationProtocol

GUESSED_SCALES = (4, 2, 3, 8)
"""Tried for the presets whose crop is the scale, where no scale is given; the most common first."""

AS_THEY_ARE = Reading()

ORDER = (
    "sr-y", "sr-y8", "native", "ntire", "skimage", "pytorch-msssim", "torchmetrics", "piq", "matlab-ssim", "wang2004",
    "fastmri", "wbc-ko-kim-2024",
)  # fmt: skip
"""The presets by how common they are in papers on super-resolution; ours that stands for a tool after ours without."""


@dataclass(frozen=True, slots=True)
class Named:
    """A convention with a name."""

    name: str
    words: str
    psnr: PsnrRule
    ssim: SsimRule
    rank: int
    """How common it is: 0 for the most common."""
    preset: bool
    scale: int | None = None
    """The scale that its crop was taken from, where none was given."""


@dataclass(frozen=True, slots=True)
class Practice:
    """What a tool or a habit does that no preset says."""

    name: str
    words: str
    psnr: EvaluationProtocol
    ssim: EvaluationProtocol
    psnr_range: str = "full"
    ssim_range: str = "full"


_Y = EvaluationProtocol(colour="y-bt601", crop="scale")
_LUMA = EvaluationProtocol(colour="luma-bt601", crop="scale")
_UNIFORM = EvaluationProtocol(window="uniform-7", covariance="sample")
_REFLECTED = EvaluationProtocol(edges="reflect")

PRACTICES = (
    Practice(
        "rgb-crop",
        "RGB with a border as wide as the scale cut off (MMagic's tables)",
        EvaluationProtocol(crop="scale"),
        EvaluationProtocol(crop="scale"),
    ),
    Practice(
        "luma",
        "full-range luma (as OpenCV's and Pillow's conversions to grey give it), crop = scale",
        _LUMA,
        _LUMA,
    ),
    Practice(
        "pyiqa-y",
        "full-range luma, unrounded for PSNR and rounded for SSIM, as pyiqa's psnry and ssim take by default",
        _LUMA,
        replace(_LUMA, round="integer"),
    ),
    Practice(
        "y-and-skimage",
        "studio Y, SSIM by scikit-image with its default settings",
        _Y,
        replace(_Y, window="uniform-7", covariance="sample"),
    ),
    Practice(
        "y-and-matlab-ssim",
        "studio Y, SSIM by the ssim function of MATLAB's toolbox (windows reach over replicated edges)",
        replace(_Y, round="integer"),
        replace(_Y, round="integer", edges="replicate"),
    ),
    Practice(
        "torchmetrics-no-range",
        "torchmetrics with SSIM's data_range left out, so that each pair's own spread is taken for it",
        _REFLECTED,
        _REFLECTED,
        ssim_range="larger-spread",
    ),
    Practice(
        "skimage-spread",
        "scikit-image with data_range = reference.max() - reference.min()",
        _UNIFORM,
        _UNIFORM,
        "reference-spread",
        "reference-spread",
    ),
    Practice(
        "skimage-range-2",
        "scikit-image of old on floats from 0 to 1 without data_range, which SSIM took for -1 to 1",
        _UNIFORM,
        _UNIFORM,
        ssim_range="x2",
    ),
)


def named_conventions(scale: int | None, reading: Reading = AS_THEY_ARE, *, whole: bool = True) -> list[Named]:
    """Return the presets and practices, the most common first.

    Parameters
    ----------
    scale : int, optional
        Where None, those that cut a border as wide as the scale are given for the common scales.
    reading : Reading
        What the images want of alignment and alpha.
    whole : bool
        Whether the images stand on a scale of whole numbers; where not, conventions that round Y are tried on both
        images rounded to 8 bits.
    """
    if sorted(ORDER) != sorted(PRESETS):
        raise RuntimeError("the audit does not know the order of all presets")
    found: list[Named] = []
    for name in ORDER:
        preset = PRESETS[name]
        protocol = _fitted(preset.protocol, reading)
        for factor in _scales(protocol, scale):
            psnr, ssim = rules_of(_cropped(protocol, scale or factor), _stored(protocol, whole))
            found.append(Named(name, preset.summary, psnr, ssim, len(found), True, factor))
    for practice in PRACTICES:
        first, second = _fitted(practice.psnr, reading), _fitted(practice.ssim, reading)
        for factor in _scales(first, scale):
            psnr = rules_of(_cropped(first, scale or factor), _stored(second, whole))[0]._replace(
                range=practice.psnr_range
            )
            ssim = rules_of(_cropped(second, scale or factor), _stored(second, whole))[1]._replace(
                range=practice.ssim_range
            )
            found.append(Named(practice.name, practice.words, psnr, ssim, len(found), False, factor))
    return found


def _fitted(protocol: EvaluationProtocol, reading: Reading) -> EvaluationProtocol:
    align = reading.align if protocol.align == "none" else protocol.align
    return replace(protocol, alpha=reading.alpha, align=align)


def _stored(protocol: EvaluationProtocol, whole: bool) -> str:
    return "as-stored" if whole or protocol.round == "none" else "8-bit"


def _scales(protocol: EvaluationProtocol, scale: int | None) -> tuple[int | None, ...]:
    return GUESSED_SCALES if scale is None and isinstance(protocol.crop, str) else (None,)


def _cropped(protocol: EvaluationProtocol, scale: int | None) -> EvaluationProtocol:
    if isinstance(protocol.crop, int):
        return protocol
    more = protocol.crop.partition("+")[2]
    return replace(protocol, crop=(scale or 0) + int(more or 0))
