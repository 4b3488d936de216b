"""The slices of a volume, read when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from harness.images import Picture

ROOM = 256 << 20
"""Bytes of a reference's slices that are kept for the next method; the rest is read again."""


class Slices(Sequence[NDArray[Any]]):
    """The slices of a volume; the one read last is kept, and of a volume that is held, all that there is room for.

    Parameters
    ----------
    read : callable
        Gives one slice.
    pages : int
        How many there are.
    seen : callable
        Told the index and pixels of every slice, once.
    hold : bool
        Whether slices are kept, for a volume that is gone through several times.
    """

    def __init__(
        self,
        read: Callable[[int], Picture],
        pages: int,
        seen: Callable[[int, NDArray[Any]], None],
        *,
        hold: bool = False,
    ) -> None:
        self._read = read
        self._pages = pages
        self._seen = seen
        self._indices_seen: set[int] = set()
        self._room = ROOM if hold else 0
        self._held: dict[int, Picture] = {}
        self._last: tuple[int, Picture] | None = None
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the files said of the slices that were read."""
        return tuple(self._notes)

    def picture(self, index: int) -> Picture:
        """Return one slice with what its file says of it."""
        if index in self._held:
            return self._held[index]
        if self._last is None or self._last[0] != index:
            self._last = None
            self._last = index, self._read(index)
            self._take_in(index, self._last[1])
        return self._last[1]

    def _take_in(self, index: int, picture: Picture) -> None:
        if index not in self._indices_seen:
            self._indices_seen.add(index)
            self._notes |= dict.fromkeys(picture.notes)
            self._seen(index, picture.pixels)
        if picture.pixels.nbytes <= self._room:
            self._room -= picture.pixels.nbytes
            self._held[index] = picture

    def __len__(self) -> int:
        return self._pages

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self._pages:
            raise IndexError(index)
        return self.picture(int(index)).pixels

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[index] for index in range(self._pages))
