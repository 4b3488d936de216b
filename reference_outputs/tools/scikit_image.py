"""scikit-image: its defaults, its settings for Wang et al. 2004, and the two studies that call it in their own ways."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import Pair
from reference_outputs.tools.accepted import any_image, only


def _doubles(pair: Pair) -> tuple[Any, Any]:
    return pair.reference.astype(np.float64), pair.candidate.astype(np.float64)


def _ssim(pair: Pair, **settings: object) -> float:
    from skimage.metrics import structural_similarity

    first, second = _doubles(pair)
    axis = -1 if pair.colour else None
    return float(structural_similarity(first, second, data_range=pair.data_range, channel_axis=axis, **settings))


def _psnr(pair: Pair) -> float:
    from skimage.metrics import peak_signal_noise_ratio

    with np.errstate(divide="ignore"):  # identical images
        return float(peak_signal_noise_ratio(*_doubles(pair), data_range=pair.data_range))


def _mse(pair: Pair) -> float:
    from skimage.metrics import mean_squared_error

    return float(mean_squared_error(*_doubles(pair)))


def _nrmse(pair: Pair) -> float:
    from skimage.metrics import normalized_root_mse

    return float(normalized_root_mse(*_doubles(pair), normalization="euclidean"))


def _resized(pair: Pair) -> Pair:
    import cv2

    height, width = pair.reference.shape[:2]
    candidate = cv2.resize(pair.candidate, (width, height), interpolation=cv2.INTER_LINEAR)
    return Pair(pair.name, pair.reference, candidate, pair.data_range)


def _volume_ssim(pair: Pair) -> float:
    largest = float(pair.reference.max())
    slices = zip(pair.reference, pair.candidate, strict=True)
    return float(np.mean([_ssim(Pair(pair.name, first, second, largest)) for first, second in slices]))


def _volume_psnr(pair: Pair) -> float:
    return _psnr(Pair(pair.name, pair.reference, pair.candidate, float(pair.reference.max())))


SCIKIT_IMAGE = Tool(
    "scikit-image",
    "BSD-3-Clause",
    "https://scikit-image.org",
    (
        Call(
            "ssim-wang",
            "structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=L)",
            lambda pair: _ssim(pair, gaussian_weights=True, sigma=1.5, use_sample_covariance=False),
            any_image,
            "ssim",
            "native",
        ),
        Call("ssim", "structural_similarity(a, b, data_range=L)", _ssim, any_image, "ssim", "skimage"),
        Call("psnr", "peak_signal_noise_ratio(a, b, data_range=L)", _psnr, any_image, "psnr", "skimage"),
        Call(
            "mse",
            "mean_squared_error(a, b)",
            _mse,
            any_image,
            "mse",
            "skimage",
            tolerance=1e-6,
            why="both sum in double precision, in another order, squares of up to 65535",
        ),
        Call("nrmse", "normalized_root_mse(a, b, normalization='euclidean')", _nrmse, any_image, "nrmse", "skimage"),
        Call(
            "wbc-ssim",
            "structural_similarity(a, cv2.resize(b, ..., INTER_LINEAR), win_size=3, data_range=255)",
            lambda pair: _ssim(_resized(pair), win_size=3),
            only("small-candidate", "colour", "grey", "odd"),
            "ssim",
            "wbc-ko-kim-2024",
        ),
        Call(
            "wbc-psnr",
            "peak_signal_noise_ratio(a, cv2.resize(b, ..., INTER_LINEAR), data_range=255)",
            lambda pair: _psnr(_resized(pair)),
            only("small-candidate", "colour", "grey", "odd"),
            "psnr",
            "wbc-ko-kim-2024",
        ),
        Call(
            "fastmri-ssim",
            "mean over slices of structural_similarity(a[i], b[i], data_range=a.max()), as fastmri.evaluate.ssim",
            _volume_ssim,
            only("volume"),
            "ssim",
            "fastmri",
        ),
        Call(
            "fastmri-psnr",
            "peak_signal_noise_ratio(a, b, data_range=a.max()) of the volume, as fastmri.evaluate.psnr",
            _volume_psnr,
            only("volume"),
            "psnr",
            "fastmri",
        ),
        Call(
            "fastmri-rnmse",
            "normalized_root_mse(a, b, normalization='euclidean') of the volume: the root of fastmri.evaluate.nmse",
            _nrmse,
            only("volume"),
            "nrmse",
            "fastmri",
        ),
    ),
)
