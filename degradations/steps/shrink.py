"""Resizing to a whole fraction of the size that arrives, for pipelines that make an image smaller in stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from degradations.step import Facts, Image, Record
from degradations.steps.resize import RULES, resize_by_rule
from srmetrics.errors import StepError


@dataclass(frozen=True, slots=True)
class Shrink:
    """Make each side a whole number of times smaller, rounded down, by a rule drawn with equal chances."""

    kind: ClassVar[str] = "shrink"
    times: int
    """How many times smaller."""
    rules: tuple[str, ...]
    """Names of resizing rules; one that stands here twice has twice the chance."""

    def __post_init__(self) -> None:
        unknown = [rule for rule in self.rules if rule not in RULES]
        if unknown or not self.rules:
            raise StepError("unknown resizing rule", found=unknown or "none", expected=", ".join(RULES))
        if self.times < 1:
            raise StepError("impossible factor", found=self.times, expected="1 or more")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the rule."""
        rule = self.rules[int(rng.randint(len(self.rules)))]
        height, width = (max(1, side // self.times) for side in (facts.height, facts.width))
        return {"rule": rule, "height": height, "width": width}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the resized image, in its own type."""
        return resize_by_rule(image, record["rule"], record["height"], record["width"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the recorded size."""
        return replace(facts, height=record["height"], width=record["width"])
