"""How far a bench is: its tasks, and the training that a worker is busy with. Results never hang on who watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.classifiers.predictions import Mode
from harness.classifiers.progress import TrainingProgress

Report = Callable[[int, int], None]
"""Told how many of how many tasks are done."""


@dataclass(frozen=True, slots=True)
class TrainingUpdate:
    """A moment of one of a bench's trainings."""

    classifier: str
    """By its name in tables."""
    mode: Mode
    arm: str
    """Whose images it learns: ``hr`` in the mode ``frozen``."""
    repeat: int
    """From 1."""
    repeats: int
    progress: TrainingProgress | None
    """None when it begins; a classifier without epochs tells no more."""

    def __str__(self) -> str:
        """Say it in a line: ``Training resnet18 · retrain · hr · repeat 1/5 · epoch 3/30 · loss 0.412``."""
        who = self.classifier
        if self.progress is not None and self.progress.classifier != who:
            who = f"{who} ({self.progress.classifier})"
        parts = [f"Training {who}", self.mode, self.arm, f"repeat {self.repeat}/{self.repeats}"]
        if self.progress is not None:
            parts.append(str(self.progress))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class BenchProgress:
    """Who is told how far a bench is: what ``harness.bench(progress=...)`` takes beside a plain function.

    Both are called from one thread at a time, not always the same. What either raises stops the run, which goes on
    when it is given again.
    """

    tasks: Report = lambda done, total: None
    """Called as ``tasks(done, total)``, first for images, then for trainings."""
    training: Callable[[TrainingUpdate], None] | None = None
    """Called when a training begins, after its first batch, every two seconds and after each epoch."""
