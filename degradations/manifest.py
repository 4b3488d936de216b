"""The manifest: one JSON line for every image made, from which it can be made again.

The schema is documented in ``docs/manifest.md``. A line is a plain dictionary; this module is the only one of
the package that touches disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
from PIL import features
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from degradations.step import Image
from srmetrics.errors import FileError, ManifestError
from srmetrics.version import VERSION

SCHEMA = 1
"""The version of the lines that this release writes, and the newest that it reads."""

_LONGEST_LINE = 1 << 20  # characters; a line of the longest recipe has a few thousand

_FORBID = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Pixels(BaseModel):
    """What an image was: its type, shape and digest."""

    model_config = _FORBID

    dtype: str
    shape: list[int]
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Crop(BaseModel):
    """How many rows and columns were cut off to make the size a multiple of the scale."""

    model_config = _FORBID

    bottom: int = Field(ge=0)
    right: int = Field(ge=0)


class Draw(BaseModel):
    """What one step drew."""

    model_config = _FORBID

    step: str
    drew: dict[str, Any]


class Entry(BaseModel):
    """One line of a manifest."""

    model_config = _FORBID

    schema_version: int = Field(alias="schema")
    recipe: str
    recipe_digest: str = Field(pattern="^[0-9a-f]{64}$")
    seed: int = Field(ge=0)
    key: str
    draw: int = Field(ge=0)
    crop: Crop
    input: Pixels
    output: Pixels
    draws: list[Draw]
    versions: dict[str, str | None]
    source: str | None = None
    """The high-resolution file, relative to its folder."""
    page: int | None = Field(default=None, ge=0)
    """Which slice of that file, from 0."""
    file: str | None = None
    """The image made, relative to the manifest."""
    hr: str | None = None
    """The cut high-resolution image, relative to the folder that --save-hr named."""


def describe_pixels(image: Image) -> dict[str, Any]:
    """Describe an image by type, shape and SHA-256, the same on machines of either byte order."""
    little = np.ascontiguousarray(image, dtype=image.dtype.newbyteorder("<"))
    digest = hashlib.sha256(f"{image.dtype.name} {list(image.shape)}\n".encode("ascii"))
    digest.update(little.data)
    return {"dtype": image.dtype.name, "shape": list(image.shape), "sha256": digest.hexdigest()}


@cache
def library_versions() -> dict[str, str | None]:
    """Name the versions of the libraries that pixels depend on, and of this package."""
    build = re.search(r"^\s*JPEG:\s*(.+)$", cv2.getBuildInformation(), re.MULTILINE)
    return {
        "srmetrics": VERSION,
        "numpy": np.__version__,
        "scipy": metadata.version("scipy"),
        "opencv": cv2.__version__,
        "libjpeg": build.group(1).strip() if build else None,
        "pillow": metadata.version("pillow"),
        "pillow_libjpeg": features.version("libjpeg_turbo") or features.version("jpg"),
    }


def entry_line(entry: Mapping[str, Any]) -> str:
    """Write one entry as its line, with the line's end."""
    return json.dumps(entry, allow_nan=False) + "\n"


def parse_line(line: str, number: int, file: str | PathLike[str] | None = None) -> Entry:
    """Read one line of a manifest.

    Raises
    ------
    ManifestError
        If the line is not JSON, is of a newer schema, lacks a field or has one too many, or names a path that
        leads out of its folder; the message names line and field.
    """
    if len(line) > _LONGEST_LINE:
        raise ManifestError(f"line {number} is too long to be an entry", found=f"{len(line)} characters", file=file)
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ManifestError(
            f"line {number} is not JSON",
            found=repr(line[:40]),
            way_out="The file may be torn: make the images again",
            file=file,
        ) from error
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise ManifestError(
            f"line {number}, schema: the manifest is newer than this release",
            found=schema,
            expected=f"{SCHEMA} or less",
            way_out="Upgrade srmetrics",
            file=file,
        )
    try:
        entry = Entry.model_validate(plain)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole line"
        raise ManifestError(
            f"line {number}, {where}: {first['msg']}", found=repr(first["input"])[:80], file=file
        ) from invalid
    for field, path in (("key", entry.key), ("source", entry.source), ("file", entry.file), ("hr", entry.hr)):
        if path is not None and not stays_inside(path):
            raise ManifestError(
                f"line {number}, {field}: the path leads out of its folder",
                found=repr(path),
                expected="a relative path without ..",
                way_out="Do not replay a manifest from a source that you do not trust",
                file=file,
            )
    return entry


def read_manifest(path: str | PathLike[str]) -> list[Entry]:
    """Read every line of a manifest.

    Raises
    ------
    FileError
        If the file cannot be read as UTF-8 text.
    ManifestError
        As :func:`parse_line`; or if the file is empty, or one image and draw stands in two lines.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            "the manifest cannot be read",
            found=getattr(error, "strerror", None) or error,
            expected="the manifest.jsonl that a run wrote beside its images",
            file=path,
        ) from error
    entries = [parse_line(line, number, path) for number, line in enumerate(lines, start=1) if line.strip()]
    if not entries:
        raise ManifestError("the manifest is empty", expected="one JSON line for each image", file=path)
    seen: set[tuple[str, int]] = set()
    for entry in entries:
        name = entry.file or entry.key
        if (name, entry.draw) in seen:
            raise ManifestError(f"draw {entry.draw} of {name} stands in two lines", file=path)
        seen.add((name, entry.draw))
    return entries


def stays_inside(path: str) -> bool:
    """Say whether a relative POSIX path stays inside the folder that it starts from, on any system."""
    parts = PurePosixPath(path).parts
    climbs = any(part == ".." or "\\" in part or part.endswith(":") for part in parts)
    return bool(parts) and not path.startswith("/") and not climbs and "\0" not in path
