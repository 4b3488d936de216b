"""What a classifier is, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[Any]
"""Shape (H, W) or (H, W, C), RGB order; uint8 or uint16 at full depth, or floats from 0 to 1."""


@dataclass(frozen=True, slots=True)
class ClassifierDescription:
    """Everything that the harness asks about a classifier before it is trained."""

    name: str
    """What tables call it."""
    spec: str
    """What it was made from, as ``torchvision:resnet18?epochs=5``."""
    input_size: tuple[int, int] | None
    """Height and width that every image is resized to; None for the size of the HR images."""
    channels: int | None
    """1 or 3; None for as many as the images have."""
    preprocessing: str
    """What happens to an image before it is classified, in words, resizing included."""
    needs_torch: bool = False
    device: str = "cpu"
    trainable: bool = True
    """Whether `fit` learns; a classifier that came trained is asked only in ``frozen`` mode."""


@runtime_checkable
class Classifier(Protocol):
    """Anything that learns classes from images.

    The harness resizes every arm's images to `input_size` and turns them into floats from 0 to 1 first; what a
    classifier does beyond that is its own. It is copied and pickled unfitted, and `fit` starts anew each time.
    """

    @property
    def description(self) -> ClassifierDescription:
        """What the harness asks."""
        ...

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Train from nothing; whatever was learnt before is forgotten.

        Parameters
        ----------
        images : sequence of ndarray, shape (H, W) or (H, W, C)
            Of one size.
        labels : sequence of str
            One per image.
        seed : int
            From 0 to 2**31 - 1; the same seed gives the same classifier on one machine.
        """
        ...

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return probabilities, shape (n_images, n_classes); columns are the sorted labels that `fit` saw."""
        ...
