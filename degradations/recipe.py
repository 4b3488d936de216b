"""A recipe: a named, versioned, immutable pipeline that a paper can cite in one word."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from degradations.step import Step
from srmetrics.errors import RecipeError

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a high-resolution image, in which order, and where that was published."""

    name: str
    """Family and scale, ``family-xS``: lower-case words and digits joined by hyphens."""
    version: int
    """From 1. What a version does never changes; a change is a new version."""
    scale: int
    """How many times smaller each side becomes."""
    steps: tuple[Step, ...]
    citation: str
    """Where the degradation was published."""
    text: str
    """What it does in words, with every departure from its source."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise RecipeError(
                "not a recipe name",
                found=repr(self.name),
                expected="lower-case letters, digits and single hyphens, such as my-blur-x4",
            )
        if self.version < 1:
            raise RecipeError("impossible recipe version", found=self.version, expected="1 or more")
        if self.scale < 1:
            raise RecipeError("impossible scale", found=self.scale, expected="1 or more")
        if not self.steps:
            raise RecipeError("the recipe has no steps", found=self.name, expected="at least one step")

    @property
    def full_name(self) -> str:
        """The name to cite: ``name@version``."""
        return f"{self.name}@{self.version}"

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the name, version, scale and steps as canonical JSON.

        The citation and the text may be mended without making another recipe.
        """
        return _digest(self)


@lru_cache(maxsize=256)  # asked for with every image
def _digest(recipe: Recipe) -> str:
    plain = {
        "name": recipe.name,
        "version": recipe.version,
        "scale": recipe.scale,
        "steps": [plain_step(step) for step in recipe.steps],
    }
    return hashlib.sha256(canonical_json(plain).encode("ascii")).hexdigest()


def plain_step(step: Step) -> dict[str, Any]:
    """Write a step as its kind and all of its fields, defaults too, in plain JSON values."""
    fields = {
        field.name: _plain(getattr(step, field.name))
        for field in dataclasses.fields(step)  # type: ignore[arg-type]  # steps are dataclasses
    }
    return {"kind": step.kind, **fields}


def canonical_json(value: Any) -> str:
    """Write plain values in one way only: sorted keys, no spaces, 1.0 as 1, ASCII."""
    return json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and hasattr(value, "kind"):
        return plain_step(value)  # type: ignore[arg-type]  # a dataclass with a kind is a step
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
