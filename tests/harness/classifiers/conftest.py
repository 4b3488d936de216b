"""Small labelled images and predictions that several tests of classifiers share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.classifiers.predictions import Block

Labelled = tuple[list[NDArray[np.uint8]], list[str]]


@pytest.fixture
def striped() -> Callable[..., Labelled]:
    """Make noisy images with stripes across ("across") or down ("down"), of any size and number of channels."""

    def make(count: int, size: int = 32, channels: int = 1, seed: int = 0) -> Labelled:
        rng = np.random.RandomState(seed)
        images, labels = [], []
        for number in range(count):
            image = rng.randint(0, 140, (size, size, channels))
            if number % 2:
                image[::4] += 100
            else:
                image[:, ::4] += 100
            images.append(image.astype(np.uint8) if channels > 1 else image[..., 0].astype(np.uint8))
            labels.append("down" if number % 2 else "across")
        return images, labels

    return make


@pytest.fixture
def make_block() -> Callable[..., Block]:
    """Make a block of random predictions of so many images; some probabilities are tied."""

    def make(
        count: int,
        classes: str = "abc",
        *,
        seed: int = 0,
        arm: str = "hr",
        repeat: int = 0,
        labels: str | None = None,
        groups: int | None = None,
        first: int = 0,
    ) -> Block:
        rng = np.random.RandomState(seed)
        raw = np.round(rng.dirichlet(np.ones(len(classes)), count), 1) + 0.05
        true = tuple(labels) if labels is not None else tuple(rng.choice(list(classes), count))
        keys = tuple(f"{first + number:04d}" for number in range(count))
        return Block(
            arm,
            "default",
            "retrain",
            repeat,
            "test",
            tuple(classes),
            keys,
            tuple("" if groups is None else f"patient {int(key) % groups}" for key in keys),
            true,
            raw / raw.sum(axis=1, keepdims=True),
        )

    return make
