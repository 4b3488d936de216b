"""MATLAB ``.mat`` files of version 7.3, which are HDF5: read slice by slice, and never outside the file itself.

MATLAB writes arrays column by column, so that HDF5 sees their axes in reverse. Links to other files, data stored in
other files and virtual datasets are refused: a file from elsewhere could name any file of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from harness.images.mat_array import NUMERIC_CLASSES, MatArray
from srmetrics.errors import DependencyError, FileError


class Version73:
    """An opened file; arrays are read when they are taken."""

    def __init__(self, path: Path) -> None:
        try:
            import h5py
        except ImportError:
            raise DependencyError(
                "MATLAB 7.3 files need h5py",
                way_out="Run pip install 'srmetrics[medical]', or save the file with -v7",
                file=path,
            ) from None
        self._path = path
        # Without a lock, which read-only and network folders may not grant: nothing is written here.
        self._file: Any = h5py.File(path, "r", locking=False)

    def array(self, name: str) -> MatArray | None:
        """Find a numeric array by its path."""
        item: Any = self._file
        for part in name.split("/"):
            if not hasattr(item, "keys") or part.startswith("#") or part not in item:
                return None
            item = self._follow(item, part)
        return None if hasattr(item, "keys") else self._numeric(name, item)

    def variables(self) -> Iterator[MatArray]:
        """Yield the numeric variables at the top of the file."""
        for name, item in self._members(self._file):
            array = None if hasattr(item, "keys") else self._numeric(name, item)
            if array is not None:
                yield array

    def fields(self) -> Iterator[MatArray]:
        """Yield the numeric fields inside structs."""
        for name, item in self._members(self._file):
            if hasattr(item, "keys"):
                yield from self._inside(name, item)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _inside(self, name: str, group: Any) -> Iterator[MatArray]:
        if "MATLAB_sparse" in group.attrs:
            return
        for field, item in self._members(group):
            if hasattr(item, "keys"):
                yield from self._inside(f"{name}/{field}", item)
            else:
                array = self._numeric(f"{name}/{field}", item)
                if array is not None:
                    yield array

    def _members(self, group: Any) -> Iterator[tuple[str, Any]]:
        for name in group:
            if not name.startswith("#"):  # MATLAB's own stores: #refs# and #subsystem#
                yield name, self._follow(group, name)

    def _follow(self, group: Any, name: str) -> Any:
        """Open a member, if it is a plain one of this file."""
        import h5py

        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise self._refusal("a link", f"{group.name}/{name}")
        item = group[name]
        if isinstance(item, h5py.Dataset):
            if item.is_virtual:
                raise self._refusal("a virtual dataset", item.name)
            if item.external:
                raise self._refusal("data stored in other files", item.name)
        return item

    def _refusal(self, what: str, name: str) -> FileError:
        return FileError(
            f"the .mat file holds {what}, which could lead to other files of this machine",
            found=name,
            way_out="Save the array itself with MATLAB's save -v7.3",
            file=self._path,
        )

    def _numeric(self, name: str, dataset: Any) -> MatArray | None:
        kind = dataset.attrs.get("MATLAB_class", b"")
        kind = (kind.decode() if isinstance(kind, bytes) else str(kind)) or dataset.dtype.name
        if (
            dataset.shape is None
            or dataset.dtype.kind not in "buif"
            or "MATLAB_empty" in dataset.attrs
            or kind not in NUMERIC_CLASSES | {"float64", "float32", "bool"}
        ):
            return None

        def take(page: int | None) -> NDArray[Any]:
            stored = dataset[()] if page is None else dataset[page]
            return (stored != 0 if kind == "logical" else stored).T  # type: ignore[no-any-return]

        return MatArray(name, tuple(reversed(dataset.shape)), kind, take)
