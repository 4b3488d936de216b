"""How far a training is: what a classifier tells while it learns, for people who wait. Results never hang on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from harness.classifiers.classifier import Image
from harness.engine.news import is_heard, listening, tell


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """A moment of a training."""

    classifier: str
    """What trains: the classifier's own name, or that of a member of an ensemble."""
    epoch: int
    """From 1."""
    epochs: int
    batch: int
    """From 1; the last one ends the epoch."""
    batches: int
    """In an epoch."""
    loss: float
    """The mean over this epoch's batches so far."""
    accuracy: float | None = None
    """Share of this epoch's training images so far that were told right, flipped as they were shown."""
    validation_accuracy: float | None = None
    """Share of the validation part that the network after the last whole epoch tells right."""

    @property
    def ends_epoch(self) -> bool:
        """Whether the epoch is over."""
        return self.batch == self.batches

    def __str__(self) -> str:
        """Say it in a line: ``epoch 3/30 · loss 0.412 · val acc 0.81``."""
        parts = [f"epoch {self.epoch}/{self.epochs}"]
        if not self.ends_epoch:
            parts.append(f"batch {self.batch}/{self.batches}")
        parts.append(f"loss {self.loss:.3f}")
        if self.validation_accuracy is not None:
            parts.append(f"val acc {self.validation_accuracy:.2f}")
        elif self.accuracy is not None:
            parts.append(f"train acc {self.accuracy:.2f}")
        return " · ".join(parts)


@runtime_checkable
class WatchesValidation(Protocol):
    """A classifier that can tell its accuracy on images that it does not train on."""

    def watch(self, images: Sequence[Image], labels: Sequence[str]) -> None:
        """Take the validation part for the next `fit`, whose progress tells the accuracy on it; nothing else may."""
        ...


def tell_training(progress: TrainingProgress) -> None:
    """Tell of a training from within `Classifier.fit`; heard wherever the training runs, where anybody listens."""
    tell(progress)


def training_is_heard() -> bool:
    """Return whether anybody listens: what is computed only to be told need not be computed otherwise."""
    return is_heard()


@contextmanager
def hear_training(listener: Callable[[TrainingProgress], None]) -> Iterator[None]:
    """Call a listener with the progress of all trainings within, in this thread.

    Examples
    --------
    >>> with hear_training(print):
    ...     tell_training(TrainingProgress("mine", 3, 30, 8, 8, 0.4119, accuracy=0.9, validation_accuracy=0.806))
    epoch 3/30 · loss 0.412 · val acc 0.81
    """

    def hear(news: object) -> None:
        if isinstance(news, TrainingProgress):
            listener(news)

    with listening(hear):
        yield
