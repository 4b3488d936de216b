"""``fake``: a classifier for users' own tests: nothing to install, quick, and easy to foresee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import ClassifierDescription, Image
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.spec import Request
from srmetrics.errors import ClassifierError

_DESCRIPTION = ClassifierDescription("fake", "fake", None, None, f"{Preprocessing().words}; the mean of all values")


@dataclass(slots=True)
class FakeClassifier:
    """Knows each class by the mean brightness of its images; the nearer, the more probable.

    With ``constant`` it always says the class that sorts first.
    """

    description: ClassifierDescription = _DESCRIPTION
    constant: bool = False
    seed: int | None = None
    """The seed of the last `fit`, for tests to see."""
    centres: dict[str, float] = field(default_factory=dict)
    """Class to mean brightness, in sorted order; empty before `fit`."""

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Train from nothing, as `Classifier.fit`."""
        brightness = np.array(_brightness(images))
        self.centres = {
            name: float(np.mean(brightness[[label == name for label in labels]])) for name in sorted(set(labels))
        }
        self.seed = seed

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return probabilities, as `Classifier.predict_proba`."""
        if not self.centres:
            raise ClassifierError("the classifier was not trained", way_out="Call fit first")
        centres = np.array(list(self.centres.values()))
        if self.constant:
            return np.tile(np.eye(1, centres.size), (len(images), 1))
        nearness = np.exp(-np.abs(np.array(_brightness(images))[:, None] - centres[None]))
        probabilities: NDArray[np.float64] = nearness / nearness.sum(axis=1, keepdims=True)
        return probabilities


def build(request: Request) -> FakeClassifier:
    """Make ``fake``, or ``fake:constant``."""
    if request.which not in ("", "constant"):
        raise ClassifierError("no such fake", found=repr(request.spec), expected="'fake' or 'fake:constant'")
    preprocessing = Preprocessing(request.options.size())
    description = ClassifierDescription(
        request.name, request.spec, preprocessing.size, None, f"{preprocessing.words}; the mean of all values"
    )
    return FakeClassifier(description, constant=request.which == "constant")


def _brightness(images: Sequence[Image]) -> list[float]:
    return [float(image.mean()) for image in Preprocessing()(images)]
