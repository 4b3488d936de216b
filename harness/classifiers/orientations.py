"""The eight orientations of an image: flipped or not, turned by none to three quarters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def orientations(image: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the image, shape (H, W) or (H, W, C), in all eight orientations; the first is as it came."""
    return [np.rot90(seen, quarters) for seen in (image, image[:, ::-1]) for quarters in range(4)]
