"""Channels in another order, or a grey of other weights: each change is made and the pair scored anew."""

from __future__ import annotations

import numpy as np

from harness.jobs.audit.plan import Pixels
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label

BT709 = (0.2125, 0.7154, 0.0721)
"""The weights of scikit-image's ``rgb2gray``."""


def suspect_channels(case: Case) -> list[Suspect]:
    """Score with red and blue swapped in the candidate and in both, and on the grey of ITU-R BT.709."""
    if not case.facts.colour:
        return []
    for who, change in (
        ("the candidate's red and blue are swapped", lambda one, other: (one, swapped(other))),
        ("red and blue are swapped in both (BGR read as RGB)", lambda one, other: (swapped(one), swapped(other))),
        (
            "both are made grey with the weights of BT.709 (scikit-image's rgb2gray)",
            lambda one, other: (_grey(one), _grey(other)),
        ),
    ):
        found = case.after(who, change)
        if found is not None:
            return [Suspect("channels", "explains", f"{label(found)} gives {case.shown(found)} when {who}")]
    words = "red and blue swapped, in one image or both, do not give it, nor does the grey of BT.709"
    return [Suspect("channels", "no", words)]


def swapped(image: Pixels) -> Pixels:
    """Return an image with its first and third channel swapped."""
    if image.ndim == 2 or image.shape[2] < 3:
        return image
    return image[:, :, [2, 1, 0, *range(3, image.shape[2])]]


def _grey(image: Pixels) -> Pixels:
    if image.ndim == 2 or image.shape[2] < 3:
        return image.astype(np.float64)
    return np.asarray(image[:, :, :3] @ np.array(BT709))
