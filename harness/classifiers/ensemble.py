"""``ensemble:A+B+...``: several classifiers on the same images, their probabilities averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import Classifier, ClassifierDescription, Image
from harness.classifiers.progress import WatchesValidation
from harness.classifiers.spec import Request, build_classifier
from srmetrics.errors import ClassifierError

_FEWEST = 2


@dataclass(slots=True)
class Ensemble:
    """Trains every member on the same images with the same seed; each weighs alike."""

    description: ClassifierDescription
    members: tuple[Classifier, ...]

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Train from nothing, as `Classifier.fit`."""
        for member in self.members:
            member.fit(images, labels, seed)

    def watch(self, images: Sequence[Image], labels: Sequence[str]) -> None:
        """Let the members that can tell their accuracy on these images, as `WatchesValidation.watch`."""
        for member in self.members:
            if isinstance(member, WatchesValidation):
                member.watch(images, labels)

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return the mean of the members' probabilities, as `Classifier.predict_proba`."""
        total = sum((member.predict_proba(images) for member in self.members), np.zeros(()))
        return total / len(self.members)


def ensemble_of(members: Sequence[Classifier], name: str = "ensemble", spec: str = "ensemble") -> Ensemble:
    """Put classifiers together.

    Parameters
    ----------
    members : sequence of Classifier
        At least two, of one input size.
    name, spec : str, optional
        What the description says.

    Raises
    ------
    ClassifierError
        When there are too few, or they see images of different sizes.
    """
    described = [member.description for member in members]
    if len(members) < _FEWEST:
        raise ClassifierError("an ensemble needs two members", found=repr(spec), expected="'ensemble:A+B'")
    sizes = {each.input_size for each in described}
    if len(sizes) > 1:
        raise ClassifierError(
            "the members of an ensemble see images of different sizes",
            found="; ".join(f"{each.name}: {each.input_size or 'the HR size'}" for each in described),
            expected="one size, so that each image is resized once",
            way_out="Give all of them one ?size=",
        )
    channels = {each.channels for each in described}
    description = ClassifierDescription(
        name,
        spec,
        described[0].input_size,
        channels.pop() if len(channels) == 1 else None,
        "the mean of " + " | ".join(f"{each.name}: {each.preprocessing}" for each in described),
        needs_torch=any(each.needs_torch for each in described),
        device=next((each.device for each in described if each.device != "cpu"), "cpu"),
        trainable=all(each.trainable for each in described),
    )
    return Ensemble(description, tuple(members))


def build(request: Request) -> Ensemble:
    """Make ``ensemble:A+B``, whose members are specs without a plus sign in them."""
    specs = [part.strip() for part in request.which.split("+") if part.strip()]
    members = [build_classifier(spec, request.permissions) for spec in specs]
    return ensemble_of(members, request.name, request.spec)
