"""The front door: one image in, one degraded image and the record that makes it again out."""

from __future__ import annotations

from typing import Any

import numpy as np

from degradations.manifest import SCHEMA, describe_pixels, library_versions
from degradations.pipeline import apply_steps, draw_steps
from degradations.recipe import Recipe
from degradations.recipes import find_recipe
from degradations.seeding import random_state
from degradations.step import PEAKS, Facts, Image
from srmetrics.errors import ArrayError, ChannelError, NonFiniteError, SizeError


def degrade(
    image: Image, recipe: str | Recipe, *, seed: int = 0, key: str | None = None, draw: int = 0
) -> tuple[Image, dict[str, Any]]:
    """Degrade an image by a recipe, reproducibly.

    Parameters
    ----------
    image : ndarray, (H, W), (H, W, 1) or (H, W, 3)
        The high-resolution image, RGB order: uint8, uint16, or float in 0..1. A size that is no multiple of
        the recipe's scale is cut at the bottom and the right.
    recipe : str or Recipe
        ``name@version``, ``name`` for the newest version, or a recipe of your own.
    seed : int
        The root seed, 0 or more.
    key : str, optional
        What stands for the image in its draws: its relative path without suffix. The digest of its pixels if
        not given, so that equal images get equal draws.
    draw : int
        Which of several independent draws, from 0.

    Returns
    -------
    degraded : ndarray
        The low-resolution image; of the input's type, unless the recipe says otherwise.
    record : dict
        The manifest's entry for it, in plain JSON values: recipe, digest, seed, key, draw, crop, SHA-256 of
        input and output, what every step drew, and library versions.

    Raises
    ------
    RecipeError
        If there is no such recipe.
    ArrayError
        If the array is not an image of these types, is smaller than the scale, has other channels, or holds
        NaN.
    StepError
        If a step cannot work on this image.

    Examples
    --------
    >>> image = np.arange(64, dtype=np.uint8).reshape(8, 8)
    >>> degraded, record = degrade(image, "bicubic-matlab-x4@1", seed=0, key="ramp")
    >>> degraded
    array([[12, 17],
           [46, 51]], dtype=uint8)
    >>> record["draws"]
    [{'step': 'resize-matlab', 'drew': {'scale': 0.25}}]
    """
    chosen = find_recipe(recipe) if isinstance(recipe, str) else recipe
    whole = as_pipeline_image(image)
    described = describe_pixels(whole)
    named = described["sha256"] if key is None else key
    cut = cut_to_multiple(whole, chosen.scale)
    rng = random_state(chosen.full_name, seed, named, draw)
    records = draw_steps(chosen.steps, rng, Facts.of(cut, chosen.scale))
    made = np.ascontiguousarray(apply_steps(chosen.steps, cut, records))
    entry = {
        "schema": SCHEMA,
        "recipe": chosen.full_name,
        "recipe_digest": chosen.digest,
        "seed": int(seed),
        "key": named,
        "draw": int(draw),
        "crop": {"bottom": whole.shape[0] - cut.shape[0], "right": whole.shape[1] - cut.shape[1]},
        "input": described,
        "output": describe_pixels(made),
        "draws": [{"step": step.kind, "drew": record} for step, record in zip(chosen.steps, records, strict=True)],
        "versions": library_versions(),
    }
    return (made[..., np.newaxis] if image.shape[2:] == (1,) and made.ndim == 2 else made), entry


def as_pipeline_image(image: Image) -> Image:
    """Return the image as pipelines see it: (H, W) or (H, W, 3), native byte order, contiguous.

    Raises
    ------
    ArrayError
        If it is not an image of a known type: see :func:`degrade`.
    """
    if image.ndim not in (2, 3):
        raise ArrayError("not an image", found=f"shape {image.shape}", expected="H x W or H x W x C")
    if image.dtype.name not in PEAKS:
        raise ArrayError("unknown image type", found=image.dtype, expected=", ".join(PEAKS))
    if 0 in image.shape:
        raise SizeError("the image is empty", found=f"shape {image.shape}", expected="at least one pixel")
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels not in (1, 3):
        raise ChannelError(
            "degradations work on one channel or on RGB",
            found=f"{channels} channels",
            expected="1 or 3",
            way_out="Drop or composite the alpha channel first" if channels in (2, 4) else None,
        )
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        raise NonFiniteError("the image holds NaN or infinity", expected="finite values")
    planar = image[..., 0] if channels == 1 and image.ndim == 3 else image
    return np.ascontiguousarray(planar, dtype=image.dtype.newbyteorder("="))


def cut_to_multiple(image: Image, scale: int) -> Image:
    """Cut the bottom and the right so that the size is a multiple of the scale.

    Raises
    ------
    SizeError
        If nothing would be left.
    """
    height, width = (length - length % scale for length in image.shape[:2])
    if height == 0 or width == 0:
        raise SizeError(
            "the image is smaller than the recipe's scale",
            found=f"{image.shape[0]} x {image.shape[1]} pixels",
            expected=f"at least {scale} x {scale}",
        )
    return image[:height, :width]
