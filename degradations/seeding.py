"""Where every draw comes from: a hash of four things, and nothing else.

File order, subset, number of workers, path separator and the process do not enter. ``RandomState`` is used
because numpy has frozen its streams for good (NEP 19), while those of ``Generator`` may change between
releases; Philox, because a counter-based generator starts anywhere from a key alone.
"""

from __future__ import annotations

import hashlib
import json
import operator
import unicodedata
from pathlib import PurePath, PurePosixPath

import numpy as np

from srmetrics.errors import StepError


def image_key(path: str | PurePath) -> str:
    """Name an image by its relative path without suffix, the same on every machine.

    Parameters
    ----------
    path : str or PurePath
        Path relative to the folder of images. A string is read as a POSIX path.

    Returns
    -------
    str
        The path with forward slashes and composed (NFC) characters, as macOS and Linux name one file
        differently.

    Examples
    --------
    >>> image_key("faces/baby.png")
    'faces/baby'
    """
    pure = PurePosixPath(path.as_posix() if isinstance(path, PurePath) else path)
    return unicodedata.normalize("NFC", pure.with_suffix("").as_posix())


def random_state(recipe: str, seed: int, key: str, draw: int) -> np.random.RandomState:
    """Return the generator for one draw of one image.

    Parameters
    ----------
    recipe : str
        The recipe's full name, with its version: ``realesrgan-x4plus@1``.
    seed : int
        The root seed, 0 or more. 0 is a seed like any other.
    key : str
        The image's key, see :func:`image_key`.
    draw : int
        Which of several independent draws for this image, from 0.

    Raises
    ------
    StepError
        If the seed or the draw index is negative or not a whole number.
    """
    text = json.dumps([recipe, _whole("seed", seed), key, _whole("draw", draw)])
    return _from_key(hashlib.sha256(text.encode("ascii")).digest())


def draw_field_seed(rng: np.random.RandomState) -> int:
    """Draw the seed of a noise field: a plain number for the record, exact in double precision."""
    return int(rng.randint(0, 2**53, dtype=np.int64))


def field_state(seed: int) -> np.random.RandomState:
    """Return the generator of the noise field whose seed a record holds."""
    return _from_key(hashlib.sha256(f"field:{_whole('seed', seed)}".encode("ascii")).digest())


def _from_key(digest: bytes) -> np.random.RandomState:
    return np.random.RandomState(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def _whole(name: str, value: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if number < 0 or isinstance(value, bool):
        raise StepError(f"the {name} is not a whole number", found=repr(value), expected="0, 1, 2, ...")
    return number
