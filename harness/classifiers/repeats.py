"""What a repeat is: one seed for its split and its training, the same for every arm."""

from __future__ import annotations

import hashlib
import json

from srmetrics.errors import SplitError


def repeat_seed(seed: int, repeat: int) -> int:
    """Return the seed of one repeat's training.

    Parameters
    ----------
    seed : int
        The study's root seed, 0 or more. 0 is a seed like any other.
    repeat : int
        Which repeat, from 0.

    Returns
    -------
    int
        From 0 to 2**31 - 1, which scikit-learn, numpy and torch all take.

    Raises
    ------
    SplitError
        When either number is negative or not whole.
    """
    return int.from_bytes(_digest("training", seed, repeat)[:4], "little") >> 1


def drawing_order(seed: int, repeat: int, purpose: str, unit: str) -> bytes:
    """Return what a unit is sorted by when a repeat draws its split: a hash, so that no other unit matters.

    Parameters
    ----------
    seed, repeat : int
        The study's root seed and the repeat.
    purpose : str
        Which of several draws of one repeat.
    unit : str
        The unit's name.
    """
    return _digest("split", seed, repeat, purpose, unit)


def _digest(purpose: str, seed: int, repeat: int, *words: str) -> bytes:
    for what, number in (("seed", seed), ("repeat", repeat)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise SplitError(f"the {what} is not a whole number", found=repr(number), expected="0, 1, 2, ...")
    text = json.dumps(["srmetrics classifiers", purpose, seed, repeat, *words])
    return hashlib.sha256(text.encode("ascii")).digest()
