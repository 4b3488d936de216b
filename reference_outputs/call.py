"""A call of another tool, and the preset of srmetrics that is held to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_outputs.pairs import Pair


@dataclass(frozen=True)
class Call:
    """One way of calling a tool on a pair, that gives one number."""

    name: str
    expression: str
    """How the tool is called, in words of its language; a is the reference, b the candidate, L the data range."""
    compute: Callable[[Pair], float]
    accepts: Callable[[Pair], bool]
    """Whether the tool can take a pair at all."""
    metric: str
    """srmetrics' metric."""
    preset: str
    """srmetrics' preset."""
    scale: int | None = None
    tolerance: float = 1e-10
    """|srmetrics - tool| <= tolerance."""
    why: str = "both compute in double precision and sum in another order"
    """Why that tolerance."""


@dataclass(frozen=True)
class Tool:
    """A package, and the calls that are made of it."""

    distribution: str
    """Its name on the package index."""
    licence: str
    homepage: str
    calls: tuple[Call, ...]
