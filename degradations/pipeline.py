"""Steps in order, and the ways in which a recipe leaves their order or presence to chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from degradations.step import Facts, Image, Record, Step, facts_after
from srmetrics.errors import SrmetricsError, StepError


def draw_steps(steps: Sequence[Step], rng: np.random.RandomState, facts: Facts) -> list[Record]:
    """Draw every step's record, each from the facts that the steps before it leave."""
    records = []
    for number, step in enumerate(steps, start=1):
        try:
            record = step.draw(rng, facts)
        except SrmetricsError as error:
            error.what = f"step {number} ({step.kind}): {error.what}"
            raise
        records.append(record)
        facts = facts_after(step, facts, record)
    return records


def apply_steps(steps: Sequence[Step], image: Image, records: Sequence[Record]) -> Image:
    """Apply every step's record in order; the input is not changed."""
    for _, _, made in trace_steps(steps, image, records):
        image = made
    return image


def trace_steps(steps: Sequence[Step], image: Image, records: Sequence[Record]) -> Iterator[tuple[Step, Record, Image]]:
    """Apply the steps one by one, giving each with its record and the image that it made."""
    for number, (step, record) in enumerate(zip(steps, records, strict=True), start=1):
        try:
            with _opencv_alone():
                image = step.apply(image, record)
        except SrmetricsError as error:
            error.what = f"step {number} ({step.kind}): {error.what}"
            raise
        yield step, record, image


@contextmanager
def _opencv_alone() -> Iterator[None]:
    """Keep OpenCV from calling Intel's IPP, in this thread only.

    IPP picks its code by the processor and gives other pixels on another one, for three in ten of the named
    recipes; OpenCV's own code gives the same ones on every processor with AVX2.
    """
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        yield
    finally:
        cv2.ipp.setUseIPP(before)


@dataclass(frozen=True, slots=True)
class InOrder:
    """Several steps as one, for where one is expected."""

    kind: ClassVar[str] = "in-order"
    steps: tuple[Step, ...]

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw every step in order."""
        return {"draws": draw_steps(self.steps, rng, facts)}

    def apply(self, image: Image, record: Record) -> Image:
        """Apply every step in order."""
        return apply_steps(self.steps, image, record["draws"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return what the last step leaves."""
        return _facts_after_all(self.steps, facts, record["draws"])


@dataclass(frozen=True, slots=True)
class Maybe:
    """A step that is done with a probability."""

    kind: ClassVar[str] = "maybe"
    probability: float
    """From 0 to 1."""
    step: Step

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise StepError("impossible probability", found=self.probability, expected="0 to 1")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw whether it is done, and if so its record."""
        done = bool(rng.uniform() < self.probability)
        return {"done": done, "draw": self.step.draw(rng, facts) if done else None}

    def apply(self, image: Image, record: Record) -> Image:
        """Apply the step if it was drawn."""
        return self.step.apply(image, record["draw"]) if record["done"] else image

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return what the step leaves if it was drawn."""
        return facts_after(self.step, facts, record["draw"]) if record["done"] else facts


@dataclass(frozen=True, slots=True)
class ChooseOne:
    """One of several steps, chosen by weight."""

    kind: ClassVar[str] = "choose-one"
    steps: tuple[Step, ...]
    weights: tuple[float, ...]
    """One for each step, none negative, summing to 1."""

    def __post_init__(self) -> None:
        if len(self.steps) != len(self.weights) or not self.steps:
            raise StepError(
                "choose-one needs a weight for each step",
                found=f"{len(self.steps)} steps and {len(self.weights)} weights",
                expected="as many weights as steps",
            )
        check_weights(self.weights)

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw which one it is, and its record."""
        chosen = choose(rng, self.weights)
        return {
            "chosen": chosen,
            "kind": self.steps[chosen].kind,
            "draw": self.steps[chosen].draw(rng, facts),
        }

    def apply(self, image: Image, record: Record) -> Image:
        """Apply the step that was chosen."""
        return self.steps[record["chosen"]].apply(image, record["draw"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return what the chosen step leaves."""
        return facts_after(self.steps[record["chosen"]], facts, record["draw"])


@dataclass(frozen=True, slots=True)
class EitherOrder:
    """Two steps, the second before the first with a probability."""

    kind: ClassVar[str] = "either-order"
    first: Step
    second: Step
    swap_probability: float = 0.5
    """Probability that ``second`` comes first, from 0 to 1."""

    def __post_init__(self) -> None:
        if not 0 <= self.swap_probability <= 1:
            raise StepError("impossible probability", found=self.swap_probability, expected="0 to 1")

    def _ordered(self, swapped: bool) -> tuple[Step, Step]:
        return (self.second, self.first) if swapped else (self.first, self.second)

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the order, then the two records in that order."""
        swapped = bool(rng.uniform() < self.swap_probability)
        return {"swapped": swapped, "draws": draw_steps(self._ordered(swapped), rng, facts)}

    def apply(self, image: Image, record: Record) -> Image:
        """Apply both in the order that was drawn."""
        return apply_steps(self._ordered(record["swapped"]), image, record["draws"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return what the later of the two leaves."""
        return _facts_after_all(self._ordered(record["swapped"]), facts, record["draws"])


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Steps in a random order, of which some keep their order among themselves."""

    kind: ClassVar[str] = "shuffled"
    steps: tuple[Step, ...]
    kept_in_order: tuple[int, ...] = ()
    """Positions, from 0, of the steps that stay in their order relative to each other."""

    def __post_init__(self) -> None:
        if len(set(self.kept_in_order)) != len(self.kept_in_order) or not set(self.kept_in_order) <= set(
            range(len(self.steps))
        ):
            raise StepError(
                "impossible positions",
                found=self.kept_in_order,
                expected=f"different numbers from 0 to {len(self.steps) - 1}",
            )

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the order, then the records in that order."""
        order = [int(position) for position in rng.permutation(len(self.steps))]
        kept = iter(sorted(self.kept_in_order))
        order = [next(kept) if position in self.kept_in_order else position for position in order]
        return {"order": order, "draws": draw_steps([self.steps[position] for position in order], rng, facts)}

    def apply(self, image: Image, record: Record) -> Image:
        """Apply the steps in the order that was drawn."""
        return apply_steps([self.steps[position] for position in record["order"]], image, record["draws"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return what the last step in the drawn order leaves."""
        steps = [self.steps[position] for position in record["order"]]
        return _facts_after_all(steps, facts, record["draws"])


def choose(rng: np.random.RandomState, weights: Sequence[float]) -> int:
    """Draw an index by weight from one uniform number."""
    edges = np.cumsum(weights)
    return min(int(np.searchsorted(edges, rng.uniform() * edges[-1], side="right")), len(weights) - 1)


def check_weights(weights: Sequence[float]) -> None:
    """Refuse weights that are negative or do not sum to 1."""
    if any(weight < 0 for weight in weights) or abs(sum(weights) - 1) > 1e-9:
        raise StepError("impossible weights", found=tuple(weights), expected="none negative, summing to 1")


def _facts_after_all(steps: Sequence[Step], facts: Facts, records: Sequence[Record]) -> Facts:
    for step, record in zip(steps, records, strict=True):
        facts = facts_after(step, facts, record)
    return facts
