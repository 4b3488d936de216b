"""Find the images that a folder, a pattern or a file's name stands for, and say what was passed over and why."""

from __future__ import annotations

import fnmatch
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.images.files import count_pages, open_picture, read_picture
from harness.images.picture import Picture
from harness.images.sniff import IMAGE_SUFFIXES, is_dicom, read_head, suffix_of
from harness.images.source import PageSource
from srmetrics.errors import FileError

# Characters that cannot stand in a file's name on every system, and the sign that escapes them.
_UNSAFE = frozenset('%/\\:*?"<>|')
_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One image file of a set."""

    path: Path
    """Where it lies."""
    key: str
    """Its path below the set's folder, with ``/`` between folders, without suffix, in Unicode NFC."""
    field: str | None = None
    """Which array of a ``.mat`` or ``.npz`` file is meant; None where it need not be said."""

    @property
    def stem(self) -> str:
        """The last part of the key."""
        return self.key.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """What stands before the last part of the key; empty for a file at the top."""
        return self.key.rpartition("/")[0]

    @property
    def name_for_output(self) -> str:
        """The key as the name of one file, safe on every system; no two keys give the same."""
        return "".join(
            f"%{ord(letter):02X}" if letter in _UNSAFE or letter < " " or (letter == "." and at == 0) else letter
            for at, letter in enumerate(self.key)
        )

    def open(self) -> PageSource:
        """Open the file to read several pages; see :func:`harness.images.files.open_picture`."""
        return open_picture(self.path, field=self.field)

    def read(self, page: int = 0) -> Picture:
        """Read one page of the file; see :func:`harness.images.files.read_picture`."""
        return read_picture(self.path, page, field=self.field)

    def pages(self) -> tuple[tuple[str, int], ...]:
        """List the pages as (key, page): the file's key where there is one page, else ``key#0000``, ``key#0001``..."""
        count = count_pages(self.path, field=self.field)
        if count == 1:
            return ((self.key, 0),)
        return tuple((f"{self.key}#{page:04d}", page) for page in range(count))


@dataclass(frozen=True, slots=True)
class ImageSet:
    """The images that one location stands for."""

    root: Path
    """The folder that keys are relative to."""
    name: str
    """The folder's name, or a single file's name without its suffix."""
    files: tuple[ImageFile, ...]
    """The images in the order of their keys."""
    ignored: tuple[tuple[Path, str], ...] = ()
    """What lies there and is no image, with the reason."""
    single: bool = False
    """Whether the location named one file itself, and not a folder or a pattern."""


def find_images(location: str | Path) -> ImageSet:
    """Find the images that a location stands for.

    Parameters
    ----------
    location : str or path
        A folder, read with all its subfolders (links are followed, loops of them are not); a pattern such as
        ``DIR/*.bmp`` or ``DIR/**/HR/*.png``; or one file. ``LOCATION::FIELD`` names an array of ``.mat`` and ``.npz``
        files, for example ``masks/*.mat::cjdata/tumorMask``.

    Returns
    -------
    ImageSet
        The images sorted by key, and what was ignored: hidden files, and files that are no images.

    Raises
    ------
    FileError
        When nothing is there, or nothing that is an image.

    Notes
    -----
    Images are known by their suffix here, and DICOM files without one (or with the end of a UID for one) by their
    content. Whether a file holds what its suffix says is seen when it is read.
    """
    text, field = without_field(location)
    path = Path(text)
    single = path.exists() and not path.is_dir()
    if single:
        root = path.parent
        found: list[tuple[Path, str | None]] = [(path, None)]  # named by hand: reading it will say what it is
    elif path.is_dir():
        root = path
        found = list(_walk(path, ()))
    elif _WILD.search(text):
        root, parts = _fixed_part(path)
        found = [(match, _why_ignored(match)) for match in dict.fromkeys(_matches(root, parts, ()))]
    else:
        raise FileError("no such file or folder", way_out=f"Look at what lies in {_existing_parent(path)}", file=text)
    files = [ImageFile(match, key_of(match, root), field) for match, why in found if why is None]
    ignored = sorted((match, why) for match, why in found if why is not None)
    if not files:
        shown = ", ".join(f"{match.name} ({why})" for match, why in ignored[:3])
        raise FileError(
            "no image is here",
            found=f"{len(ignored)} other: {shown}" if ignored else "nothing",
            expected="files that end in one of " + " ".join(sorted(IMAGE_SUFFIXES)),
            way_out="Name the folder that holds the images, or a pattern in quotes, such as 'FOLDER/*.png'",
            file=text,
        )
    name = files[0].key if single else root.resolve().name or "images"
    # Two files of one key (a.png, a.bmp) keep one order too.
    return ImageSet(root, name, tuple(sorted(files, key=lambda file: (file.key, file.path))), tuple(ignored), single)


def without_field(location: str | Path) -> tuple[str, str | None]:
    """Cut ``LOCATION::FIELD`` in two; a file that is really called so is a location as a whole."""
    text = os.fspath(location)
    if os.path.lexists(text) or "::" not in text:
        return text, None
    text, _, field = text.rpartition("::")
    return text, field


def key_of(path: Path, root: Path) -> str:
    """Return the path of a file below ``root``, with ``/``, without the suffix of an image, in Unicode NFC."""
    relative = path.relative_to(root).as_posix()
    relative = relative.removesuffix(suffix_of(path.name))
    # Names that are no Unicode (bytes from other systems) are spelt out, so that they can be written to a CSV.
    readable = relative.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", readable)


def _walk(folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[tuple[Path, str | None]]:
    """Yield (file, None or why it is ignored) of a folder and all below it, in the order of names."""
    here = folder.stat()
    if (here.st_dev, here.st_ino) in above:
        yield folder, "a link to a folder that it lies in"
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        yield folder, "a folder that may not be read"
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir():
            if entry.name.startswith("."):
                yield path, "hidden"
            else:
                yield from _walk(path, (*above, (here.st_dev, here.st_ino)))
        else:
            yield path, _why_ignored(path)


def _why_ignored(path: Path) -> str | None:
    """Return why a file is not taken for an image, or None if it is."""
    if path.name.startswith("."):
        return "hidden"
    if not path.exists():
        return "a link that leads nowhere"
    if not path.is_file():
        return "not a regular file"
    if suffix_of(path.name):
        return None
    try:
        if is_dicom(read_head(path)) and path.name != "DICOMDIR":
            return None
    except FileError:
        return "a file that cannot be read"
    return f"not an image ({path.suffix or 'no suffix'})"


def _fixed_part(pattern: Path) -> tuple[Path, tuple[str, ...]]:
    """Cut a pattern before its first part with a wildcard: the folder to start from, and what to match there."""
    parts = pattern.parts
    wild = next(at for at, part in enumerate(parts) if _WILD.search(part))
    return Path(*parts[:wild]), parts[wild:]


def _matches(folder: Path, parts: Sequence[str], above: tuple[tuple[int, int], ...]) -> Iterator[Path]:
    """Yield the files below a folder that match a pattern part by part; hidden ones only where a part asks for them."""
    try:
        here = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    if (here.st_dev, here.st_ino) in above:
        return
    above = (*above, (here.st_dev, here.st_ino))
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _matches(folder, rest or ["*"], above[:-1])
    for entry in entries:
        if first == "**":
            if entry.is_dir() and not entry.name.startswith("."):
                yield from _matches(folder / entry.name, parts, above)
        elif fnmatch.fnmatchcase(entry.name, first) and entry.name.startswith(".") <= first.startswith("."):
            if rest and entry.is_dir():
                yield from _matches(folder / entry.name, rest, above)
            elif not rest and not entry.is_dir():
                yield folder / entry.name


def _existing_parent(path: Path) -> Path:
    return next(parent for parent in (*path.parents, Path()) if parent.exists()).resolve()
