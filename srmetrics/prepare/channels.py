"""Grey, RGB and alpha: which channels of the two images are scored against each other."""

from __future__ import annotations

import numpy as np

from srmetrics.errors import ChannelError
from srmetrics.prepare.gate import Image


def split_alpha(image: Image, policy: str, role: str) -> tuple[Image, Image | None]:
    """Return the colour channels and, where it is to be composited, the alpha channel.

    Parameters
    ----------
    image : ndarray
        H x W, or H x W x C with C of 2 (grey and alpha), 3, or 4 (RGB and alpha).
    policy : str
        The protocol's ``alpha``.
    role : str
        What the messages call the image.

    Raises
    ------
    ChannelError
        When there is an alpha channel and the policy is ``error``.
    """
    if image.ndim == 2 or image.shape[2] == 3:
        return image, None
    colours, alpha = image[:, :, :-1], image[:, :, -1]
    if colours.shape[2] == 1:
        colours = colours[:, :, 0]
    if policy == "error":
        opaque = bool((alpha == alpha.max()).all())
        raise ChannelError(
            f"the {role} has an alpha channel",
            found=f"{image.shape[2]} channels" + (", the last one the same everywhere" if opaque else ""),
            expected="grey or RGB",
            way_out="Say what to do with it: --alpha drop or --alpha composite (over white)",
        )
    return colours, alpha if policy == "composite" else None


def reconcile(reference: Image, candidate: Image, grey: str) -> tuple[Image, Image, tuple[str, ...]]:
    """Return both images with one number of channels, and notes on what was done.

    Under ``keep`` a three-channel image whose channels are equal is collapsed when the other has one channel. One
    side alone never goes through a colour conversion.

    Raises
    ------
    ChannelError
        When one image is grey, the other is not, and the policy is ``keep``.
    """
    if reference.ndim == candidate.ndim:
        return reference, candidate, ()
    if grey == "expand":
        return reference, candidate, ()
    role, other, colour = (
        ("candidate", "reference", candidate) if candidate.ndim == 3 else ("reference", "candidate", reference)
    )
    first = colour[:, :, 0]
    # NaN may stand outside a mask, and equals NaN here.
    if not all(np.array_equal(first, colour[:, :, other], equal_nan=True) for other in (1, 2)):
        raise ChannelError(
            f"the {other} has one channel and the {role} has three that differ",
            expected="the same number of channels, or three equal ones",
            way_out="To score grey images as RGB: --grey expand, or grey='expand' in the protocol",
        )
    note = f"the {role}'s three equal channels were collapsed to one, as the {other} has one"
    return (reference, first, (note,)) if role == "candidate" else (first, candidate, (note,))
