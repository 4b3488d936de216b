"""What both versions of ``.mat`` files offer: numeric arrays by name, not read before they are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

NUMERIC_CLASSES = frozenset(
    {"double", "single", "logical", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
)
"""MATLAB's classes of real numbers, as both versions name them."""


@dataclass(frozen=True, slots=True)
class MatArray:
    """One numeric array of a file."""

    name: str
    """Its path, with ``/`` between the fields of structs."""
    shape: tuple[int, ...]
    """Its size as MATLAB states it."""
    kind: str
    """Its MATLAB class."""
    take: Callable[[int | None], NDArray[Any]]
    """Gets one page along the last axis, or all for None; axes as in MATLAB, booleans for logical arrays."""

    @property
    def looks_like_an_image(self) -> bool:
        """Whether it is more than a number, a row or a column."""
        return 2 <= len(self.shape) <= 4 and min(self.shape[:2]) > 1


class MatFile(Protocol):
    """An opened file of either version."""

    def array(self, name: str) -> MatArray | None:
        """Find a numeric array by its path."""
        ...

    def variables(self) -> Iterator[MatArray]:
        """Yield the numeric variables at the top of the file."""
        ...

    def fields(self) -> Iterator[MatArray]:
        """Yield the numeric fields inside structs."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
