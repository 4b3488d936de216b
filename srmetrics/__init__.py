"""Exact, citeable scores for restored images.

>>> import numpy as np, srmetrics
>>> reference = np.zeros((64, 64, 3), np.uint8)
>>> candidate = reference + 5
>>> round(srmetrics.psnr(reference, candidate), 4)
34.1514
>>> scores = srmetrics.evaluate(reference, candidate, "sr-y", scale=4)
>>> scores.signature_of("psnr")[:42]
'psnr|colour:y-bt601|round:none|grey:keep|a'
"""

from srmetrics.errors import SrmetricsError
from srmetrics.evaluate import evaluate, evaluate_regions, evaluate_volume
from srmetrics.explain import explain
from srmetrics.masks import boundary_band, otsu_mask, regions_of
from srmetrics.metrics import METRICS
from srmetrics.presets import PRESETS, Preset, find_protocol
from srmetrics.protocol import EvaluationProtocol
from srmetrics.score import Scores
from srmetrics.signature import Signature, format_signature, parse_signature
from srmetrics.single import (
    SrmetricsWarning,
    error_map,
    mae,
    ms_ssim,
    mse,
    nrmse,
    psnr,
    rmse,
    ssim,
    ssim_map,
)
from srmetrics.version import VERSION

__version__ = VERSION

__all__ = [
    "METRICS",
    "PRESETS",
    "EvaluationProtocol",
    "Preset",
    "Scores",
    "Signature",
    "SrmetricsError",
    "SrmetricsWarning",
    "__version__",
    "boundary_band",
    "error_map",
    "evaluate",
    "evaluate_regions",
    "evaluate_volume",
    "explain",
    "find_protocol",
    "format_signature",
    "mae",
    "ms_ssim",
    "mse",
    "nrmse",
    "otsu_mask",
    "parse_signature",
    "psnr",
    "regions_of",
    "rmse",
    "ssim",
    "ssim_map",
]
