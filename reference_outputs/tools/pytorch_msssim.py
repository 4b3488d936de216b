"""pytorch-msssim: SSIM, and MS-SSIM where its average pooling is the released msssim.m's subsampling."""

from __future__ import annotations

from typing import Any

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import Pair
from reference_outputs.tools.accepted import any_image, only
from reference_outputs.tools.batches import batches

FLOAT32_WINDOW = "pytorch-msssim makes its window in float32"


def _call(function: str, pair: Pair, **settings: Any) -> float:
    import pytorch_msssim

    reference, candidate = batches(pair)
    return float(getattr(pytorch_msssim, function)(candidate, reference, data_range=pair.data_range, **settings))


def _double_window(pair: Pair) -> Any:
    import torch

    positions = torch.arange(-5, 6, dtype=torch.float64)
    weights = torch.exp(-(positions**2) / (2 * 1.5**2))
    return (weights / weights.sum()).repeat(3 if pair.colour else 1, 1, 1, 1)


PYTORCH_MSSSIM = Tool(
    "pytorch-msssim",
    "MIT",
    "https://github.com/VainF/pytorch-msssim",
    (
        Call(
            "ssim",
            "ssim(b, a, data_range=L)",
            lambda pair: _call("ssim", pair),
            any_image,
            "ssim",
            "pytorch-msssim",
            tolerance=2e-5,
            why=f"{FLOAT32_WINDOW}: its weights sum to 1 - 3e-8, and that part of the squared mean is missing from "
            "every variance, most where windows are bright and of little contrast",
        ),
        Call(
            "ssim-double-window",
            "ssim(b, a, data_range=L, win=the same window in float64)",
            lambda pair: _call("ssim", pair, win=_double_window(pair)),
            any_image,
            "ssim",
            "pytorch-msssim",
        ),
        Call(
            "ms-ssim",
            "ms_ssim(b, a, data_range=L), sides that are multiples of 16",
            lambda pair: _call("ms_ssim", pair),
            only("sixteens"),
            "ms_ssim",
            "pytorch-msssim",
            tolerance=1e-5,
            why=FLOAT32_WINDOW,
        ),
    ),
)
