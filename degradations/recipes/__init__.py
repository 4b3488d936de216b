"""Every named recipe, and how a name is looked up."""

from __future__ import annotations

import difflib
import re

from degradations.recipe import Recipe
from degradations.recipes.bicubic import BICUBIC
from degradations.recipes.blur_down import BLUR_DOWN
from degradations.recipes.bsrgan import BSRGAN
from degradations.recipes.second_order import SECOND_ORDER
from degradations.recipes.studies import STUDIES
from srmetrics.errors import RecipeError


def _by_name(*recipes: Recipe) -> dict[str, Recipe]:
    table: dict[str, Recipe] = {}
    for recipe in recipes:
        if recipe.full_name in table:
            raise ValueError(f"two recipes are called {recipe.full_name!r}")
        table[recipe.full_name] = recipe
    return table


RECIPES = _by_name(
    *BICUBIC,
    *BLUR_DOWN,
    *SECOND_ORDER,
    *BSRGAN,
    *STUDIES,
)
"""Recipes by full name: a new one is one file, one test and one line here. None ever changes."""


_MOST_NAMES = 4
"""Recipes that an error suggests."""


def find_recipe(name: str) -> Recipe:
    """Look a recipe up.

    Parameters
    ----------
    name : str
        ``name@version``, or ``name`` for the newest version.

    Raises
    ------
    RecipeError
        If there is no such recipe; the message suggests names that begin so, hold the same words, or are spelt
        nearly so.

    Examples
    --------
    >>> find_recipe("bicubic-matlab-x4").full_name
    'bicubic-matlab-x4@1'
    """
    bare, separator, version = name.partition("@")
    versions = {recipe.version: recipe for recipe in RECIPES.values() if recipe.name == bare}
    if not versions:
        raise RecipeError(
            "unknown recipe",
            found=repr(name),
            expected=_near(bare) or "a name that `srmetrics recipes` lists",
            way_out="List the recipes with `srmetrics recipes`, or give a YAML file",
        )
    if not separator:
        return versions[max(versions)]
    if not re.fullmatch(r"[1-9][0-9]*", version) or int(version) not in versions:
        raise RecipeError(
            f"{bare} has no such version",
            found=repr(version),
            expected=" or ".join(f"{bare}@{number}" for number in sorted(versions)),
        )
    return versions[int(version)]


def _near(name: str) -> str:
    """Return the recipes that a name may have meant, as words: empty where it is near to none."""
    wanted = name.lower().replace("_", "-").strip("-")
    newest = {recipe.name: recipe.full_name for recipe in sorted(RECIPES.values(), key=lambda each: each.version)}
    words = [word for word in wanted.split("-") if word]
    ranks = (
        [known for known in newest if wanted and known.startswith(wanted)],
        [known for known in newest if words and all(word in known.split("-") for word in words)],
        [known for known in newest if wanted and wanted in known],
        difflib.get_close_matches(wanted, newest, n=_MOST_NAMES),
    )
    # Each rank is a weaker reason than the one before, and goes on only where that found nothing.
    near = [newest[known] for known in next(filter(None, ranks), [])]
    more = f" or {len(near) - _MOST_NAMES} more" if len(near) > _MOST_NAMES else ""
    return " or ".join(near[:_MOST_NAMES]) + more
