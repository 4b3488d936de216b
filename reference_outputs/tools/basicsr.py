"""BasicSR: PSNR and SSIM on RGB and on Y, as its test scripts call them."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import Pair
from reference_outputs.tools.accepted import eight_bits

FLOAT32_Y = "BasicSR computes Y in float32"


def _call(function: str, pair: Pair, crop: int, *, luma: bool) -> float:
    from basicsr.metrics import psnr_ssim

    measure = getattr(psnr_ssim, function)
    return float(measure(_bgr(pair.reference), _bgr(pair.candidate), crop_border=crop, test_y_channel=luma))


def _bgr(image: Any) -> Any:
    return np.ascontiguousarray(image[:, :, ::-1]) if image.ndim == 3 else image


BASICSR = Tool(
    "basicsr-fixed",
    "Apache-2.0",
    "https://github.com/XPixelGroup/BasicSR",
    (
        Call(
            "psnr-rgb",
            "calculate_psnr(a, b, crop_border=0)",
            lambda pair: _call("calculate_psnr", pair, 0, luma=False),
            eight_bits(),
            "psnr",
            "native",
        ),
        Call(
            "ssim-rgb",
            "calculate_ssim(a, b, crop_border=0)",
            lambda pair: _call("calculate_ssim", pair, 0, luma=False),
            eight_bits(),
            "ssim",
            "native",
        ),
        Call(
            "psnr-rgb-crop10",
            "calculate_psnr(a, b, crop_border=4 + 6)",
            lambda pair: _call("calculate_psnr", pair, 10, luma=False),
            eight_bits(31),
            "psnr",
            "ntire",
            scale=4,
        ),
        Call(
            "ssim-rgb-crop10",
            "calculate_ssim(a, b, crop_border=4 + 6)",
            lambda pair: _call("calculate_ssim", pair, 10, luma=False),
            eight_bits(31),
            "ssim",
            "ntire",
            scale=4,
        ),
        Call(
            "psnr-y",
            "calculate_psnr(a, b, crop_border=4, test_y_channel=True), images in BGR order",
            lambda pair: _call("calculate_psnr", pair, 4, luma=True),
            eight_bits(19),
            "psnr",
            "sr-y",
            scale=4,
            tolerance=1e-5,
            why=FLOAT32_Y,
        ),
        Call(
            "ssim-y",
            "calculate_ssim(a, b, crop_border=4, test_y_channel=True), images in BGR order",
            lambda pair: _call("calculate_ssim", pair, 4, luma=True),
            eight_bits(19),
            "ssim",
            "sr-y",
            scale=4,
            tolerance=1e-5,
            why=FLOAT32_Y,
        ),
    ),
)
