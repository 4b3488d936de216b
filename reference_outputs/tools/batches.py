"""Images as the tensors that torch tools take."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_outputs.pairs import Image, Pair


def batches(pair: Pair, divisor: float = 1.0) -> tuple[Any, Any]:
    """Return reference and candidate as 1 x C x H x W of float64, divided by a number."""
    return _batch(pair.reference, divisor), _batch(pair.candidate, divisor)


def _batch(image: Image, divisor: float) -> Any:
    import torch

    planes = image[None] if image.ndim == 2 else image.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(planes.astype(np.float64) / divisor))[None]
