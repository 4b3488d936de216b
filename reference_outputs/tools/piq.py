"""piq: SSIM, PSNR, and the metrics that srmetrics passes on as ``piq:NAME``."""

from __future__ import annotations

import warnings

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import Pair
from reference_outputs.tools.accepted import from_zero, only
from reference_outputs.tools.batches import batches


def _call(function: str, pair: Pair, **settings: object) -> float:
    import piq

    reference, candidate = batches(pair)
    return float(getattr(piq, function)(candidate, reference, data_range=pair.data_range, **settings))


def _passed_on(function: str, pair: Pair) -> float:
    import piq

    reference, candidate = batches(pair, pair.data_range)
    if function == "fsim" and not pair.colour:
        return float(piq.fsim(candidate, reference, data_range=1.0, chromatic=False))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The original (MDSI|VSI) supports only RGB images")
        return float(getattr(piq, function)(candidate, reference, data_range=1.0))


def _pass_on(function: str, metric: str) -> Call:
    return Call(
        function,
        f"{function}(b, a, data_range=1.0) of images divided by L",
        lambda pair: _passed_on(function, pair),
        only("grey", "colour", "odd", "negative", "bright", "sixteen-bit", "float-grey", "face"),
        f"piq:{metric}",
        "native",
        tolerance=1e-8,
        why="the same function on the same tensors; its Fourier transforms and convolutions differ between machines",
    )


PIQ = Tool(
    "piq",
    "Apache-2.0",
    "https://github.com/photosynthesis-team/piq",
    (
        Call("ssim", "ssim(b, a, data_range=L)", lambda pair: _call("ssim", pair), from_zero, "ssim", "piq"),
        Call(
            "ssim-full-size",
            "ssim(b, a, data_range=L, downsample=False)",
            lambda pair: _call("ssim", pair, downsample=False),
            from_zero,
            "ssim",
            "native",
        ),
        Call("psnr", "psnr(b, a, data_range=L)", lambda pair: _call("psnr", pair), from_zero, "psnr", "piq"),
        Call(
            "ms-ssim",
            "multi_scale_ssim(b, a, data_range=L), sides that are multiples of 16",
            lambda pair: _call("multi_scale_ssim", pair),
            only("sixteens"),
            "ms_ssim",
            "piq",
        ),
        _pass_on("fsim", "fsim"),
        _pass_on("gmsd", "gmsd"),
        _pass_on("vif_p", "vif"),
        _pass_on("haarpsi", "haarpsi"),
        _pass_on("mdsi", "mdsi"),
        _pass_on("vsi", "vsi"),
    ),
)
