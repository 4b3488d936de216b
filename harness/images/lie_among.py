"""Whether a folder is a place where the images of a location are looked for."""

from __future__ import annotations

from pathlib import Path

from harness.images.imageset import find_images, without_field
from srmetrics.errors import FileError


def lies_among(folder: str | Path, location: str) -> bool:
    """Return whether what is written into a folder would lie among the images of a location.

    Of a folder of images that is the folder itself and all below it, which is read with its subfolders; of a pattern
    the folders that hold a file of it. A file that was named by itself has nothing among it.
    """
    inside, path = Path(folder).resolve(), Path(without_field(location)[0])
    if path.is_dir():
        return inside.is_relative_to(path.resolve())
    if path.exists():
        return False
    try:
        found = find_images(location)
    except FileError:
        return False  # Nothing is there; who reads it says so.
    return inside in {file.path.parent.resolve() for file in found.files}
