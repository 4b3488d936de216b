"""A torch network as a classifier: standardise, train, ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import ClassifierDescription, Image
from harness.classifiers.preprocessing import Preprocessing, as_batch
from harness.classifiers.training import TrainingSettings, Watched, predict_logits, repeatable_torch, softmax, train
from srmetrics.errors import ClassifierError

NetworkMaker: TypeAlias = Callable[[int, int], Any]
"""Gives a network on the CPU for a number of classes and of input channels; can be pickled."""
Moments: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Means and standard deviations of the channels."""

_FLATTEST = 1e-6  # a channel that does not vary is not blown up


@dataclass(slots=True)
class TorchClassifier:
    """Trains a fresh network in every `fit`."""

    description: ClassifierDescription
    make_network: NetworkMaker = field(repr=False)
    preprocessing: Preprocessing
    settings: TrainingSettings
    moments: Moments | None = None
    """What inputs are standardised by; None for the training part's own."""
    _watched: tuple[Sequence[Image], Sequence[str]] | None = field(default=None, repr=False)
    _network: Any = field(default=None, repr=False)
    _classes: tuple[str, ...] = field(default=(), repr=False)
    _used_moments: Moments = field(default=((), ()), repr=False)

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Train from nothing, as `Classifier.fit`."""
        seen = as_batch(images, self.preprocessing)
        self._classes = tuple(sorted(set(labels)))
        self._used_moments = _fitting(self.moments, seen[0].shape[2]) if self.moments else _moments_of(seen)
        at = {name: number for number, name in enumerate(self._classes)}
        held, self._watched = self._watched, None
        device = self.description.device
        with repeatable_torch(seed, device), self._naming_failures(seen[0].shape):
            network = self.make_network(len(self._classes), seen[0].shape[2]).to(device)
            train(
                network,
                self._standardised(seen),
                [at[label] for label in labels],
                self.settings,
                seed,
                device,
                Watched(self.description.name) if held is None else self._as_watched(*held, at),
            )
            self._network = network

    def watch(self, images: Sequence[Image], labels: Sequence[str]) -> None:
        """Let the next `fit` tell its accuracy on these images, as `WatchesValidation.watch`."""
        self._watched = images, labels

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return probabilities, as `Classifier.predict_proba`."""
        if self._network is None:
            raise ClassifierError("the classifier was not trained", way_out="Call fit first")
        seen = as_batch(images, self.preprocessing)
        with repeatable_torch(0, self.description.device), self._naming_failures(seen[0].shape):
            logits = predict_logits(
                self._network, self._standardised(seen), self.settings.batch, self.description.device
            )
        return softmax(logits)

    def _standardised(self, images: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        mean, deviation = (np.array(part, dtype=np.float32) for part in self._used_moments)
        return [(image - mean) / deviation for image in images]

    def _as_watched(self, images: Sequence[Image], labels: Sequence[str], at: dict[str, int]) -> Watched:
        # A class that is not trained on is never told right.
        targets = tuple(at.get(label, -1) for label in labels)
        return Watched(self.description.name, self._standardised(as_batch(images, self.preprocessing)), targets)

    @contextmanager
    def _naming_failures(self, shape: tuple[int, ...]) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, ValueError) as error:  # torch has no exceptions of its own for sizes or memory
            raise ClassifierError(
                f"torch could not run {self.description.spec!r} on images of {shape[0]} x {shape[1]}",
                found=(str(error).strip() or type(error).__name__).splitlines()[0],
                way_out="A network that halves its input often needs a larger one, as in ?size=64; "
                "one that does not fit into memory a smaller ?batch=",
            ) from error


def _moments_of(images: Sequence[NDArray[np.float32]]) -> Moments:
    sums = np.sum([image.sum(axis=(0, 1), dtype=np.float64) for image in images], axis=0)
    n_pixels = len(images) * images[0].shape[0] * images[0].shape[1]
    mean = sums / n_pixels
    squares = np.sum([((image - mean) ** 2).sum(axis=(0, 1), dtype=np.float64) for image in images], axis=0)
    deviation = np.sqrt(squares / n_pixels)
    return tuple(mean.tolist()), tuple(np.where(deviation > _FLATTEST, deviation, 1.0).tolist())


def _fitting(moments: Moments, n_channels: int) -> Moments:
    """Return three channels' moments for the images' channels: their means for a single one."""
    if len(moments[0]) == n_channels:
        return moments
    return (float(np.mean(moments[0])),), (float(np.mean(moments[1])),)
