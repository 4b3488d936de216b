"""An opened file: how many pages it has, and one page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from harness.images.picture import Picture
from srmetrics.errors import FileError


class Source(Protocol):
    """What a reader opens. It may hold the file open, and is for one thread at a time."""

    @property
    def pages(self) -> int:
        """Slices of a volume, pages of a TIFF, frames of a DICOM file; 1 for a plain image."""
        ...

    def read(self, page: int = 0) -> Picture:
        """Decode one page and nothing else, where the format allows it."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(frozen=True, slots=True)
class PageSource:
    """A source made of functions, which checks page numbers and closes itself as a context manager."""

    path: Path
    pages: int
    read_page: Callable[[int], Picture]
    close_file: Callable[[], None] | None = None

    def read(self, page: int = 0) -> Picture:
        """Decode one page."""
        if not 0 <= page < self.pages:
            raise FileError(
                "the file has no such page",
                found=f"page {page}",
                expected="page 0" if self.pages == 1 else f"a page from 0 to {self.pages - 1}",
                file=self.path,
            )
        return self.read_page(page)

    def close(self) -> None:
        """Let go of the file."""
        if self.close_file is not None:
            self.close_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
