"""Replay: make an image again from its manifest entry, or name the first field that differs."""

from __future__ import annotations

from typing import Any

from degradations.degrade import as_pipeline_image, degrade
from degradations.manifest import Entry, describe_pixels, library_versions
from degradations.recipe import Recipe
from degradations.recipes import find_recipe
from degradations.step import Image
from srmetrics.errors import ManifestError, RecipeError

_GIVE_RECIPE = "Give the YAML file that the manifest was made with: --recipe FILE (recipe= in Python)"
_PIXELS_DEPEND_ON = ("numpy", "scipy", "opencv", "libjpeg", "pillow", "pillow_libjpeg")


def replay(
    image: Image, entry: Entry, *, recipe: Recipe | None = None, other_versions: bool = False
) -> tuple[Image, dict[str, Any]]:
    """Make the degraded image that a manifest entry describes.

    The draws are made again from recipe, seed, key and draw index, and compared with those of the entry: an
    entry that was altered is found, and never applied.

    Parameters
    ----------
    image : ndarray
        The high-resolution image.
    entry : Entry
        The manifest's line for it.
    recipe : Recipe, optional
        The recipe, if it is not one of the named ones.
    other_versions : bool
        Whether to go on under other library versions than the entry's; the pixels are compared all the same.

    Returns
    -------
    degraded : ndarray
        The image, whose digest is the entry's.
    record : dict
        Its manifest entry, made anew.

    Raises
    ------
    ManifestError
        Naming the first field that differs, and the entry's file.
    """
    chosen = check_recipe(entry, recipe)
    if not other_versions:
        check_versions(entry)
    file = entry.file or entry.key
    found = describe_pixels(as_pipeline_image(image))
    _compare("input", entry.input.model_dump(), found, file, "The high-resolution image is another one")
    made, record = degrade(image, chosen, seed=entry.seed, key=entry.key, draw=entry.draw)
    _compare("crop", entry.crop.model_dump(), record["crop"], file, "The manifest was altered")
    draws = [each.model_dump() for each in entry.draws]
    _compare("draws", draws, record["draws"], file, "The manifest was altered")
    _compare("output", entry.output.model_dump(), record["output"], file, _why_other_pixels(entry))
    return made, record


def check_recipe(entry: Entry, recipe: Recipe | None) -> Recipe:
    """Return an entry's recipe, refusing one that is unknown here or is another one under the same name."""
    file = entry.file or entry.key
    try:
        known = recipe or find_recipe(entry.recipe)
    except RecipeError as error:
        raise ManifestError(
            f"recipe: {error.what}",
            found=entry.recipe,
            expected="a recipe that `srmetrics recipes` lists, or its YAML file",
            way_out=_GIVE_RECIPE,
            file=file,
        ) from error
    _compare("recipe", entry.recipe, known.full_name, file, f"Leave out a recipe that has a name here. {_GIVE_RECIPE}")
    _compare("recipe_digest", entry.recipe_digest, known.digest, file, f"Its steps are others here. {_GIVE_RECIPE}")
    return known


def check_versions(entry: Entry) -> None:
    """Refuse an entry that was made with other versions of the libraries that pixels depend on."""
    here = library_versions()
    way_out = "Install that version, or go on with --other-versions, which still compares every pixel"
    for library in _PIXELS_DEPEND_ON:
        _compare(
            f"versions.{library}",
            entry.versions.get(library),
            here[library],
            entry.file or entry.key,
            way_out,
        )


def _why_other_pixels(entry: Entry) -> str:
    other = [name for name in _PIXELS_DEPEND_ON if entry.versions.get(name) != library_versions()[name]]
    if other:
        return f"These libraries differ from the manifest's: {', '.join(other)}"
    return "The manifest was altered, or this processor computes otherwise than the one that it was made on"


def _compare(field: str, recorded: Any, found: Any, file: str, way_out: str) -> None:
    """Raise on the first difference between two plain values, naming its place."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        for name in [*found, *(name for name in recorded if name not in found)]:
            _compare(f"{field}.{name}", recorded.get(name), found.get(name), file, way_out)
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        for number, (theirs, ours) in enumerate(zip(recorded, found, strict=True)):
            _compare(f"{field}[{number}]", theirs, ours, file, way_out)
    elif recorded != found or isinstance(recorded, bool) != isinstance(found, bool):
        raise ManifestError(
            f"{field} differs from the manifest",
            found=found,
            expected=str(recorded),
            way_out=way_out,
            file=file,
        )
