"""torchmetrics: SSIM and PSNR of one image at a time, the data range given."""

from __future__ import annotations

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import Pair
from reference_outputs.tools.accepted import any_image
from reference_outputs.tools.batches import batches


def _call(function: str, pair: Pair) -> float:
    from torchmetrics.functional import image

    reference, candidate = batches(pair)
    return float(getattr(image, function)(candidate, reference, data_range=pair.data_range))


TORCHMETRICS = Tool(
    "torchmetrics",
    "Apache-2.0",
    "https://github.com/Lightning-AI/torchmetrics",
    (
        Call(
            "ssim",
            "structural_similarity_index_measure(b, a, data_range=L)",
            lambda pair: _call("structural_similarity_index_measure", pair),
            any_image,
            "ssim",
            "torchmetrics",
        ),
        Call(
            "psnr",
            "peak_signal_noise_ratio(b, a, data_range=L)",
            lambda pair: _call("peak_signal_noise_ratio", pair),
            any_image,
            "psnr",
            "torchmetrics",
            tolerance=1e-5,
            why="torchmetrics takes the logarithms of 10 and of the data range in float32",
        ),
    ),
)
