"""A recipe from its name or from a file."""

from __future__ import annotations

from pathlib import Path

from degradations import Recipe, find_recipe, recipe_from_yaml
from srmetrics.errors import FileError


def is_recipe_file(recipe: str) -> bool:
    """Return whether a recipe is given by its YAML file, and not by its name."""
    return recipe.lower().endswith((".yaml", ".yml"))


def load_recipe(recipe: str | Recipe) -> Recipe:
    """Return a recipe from its name, its YAML file or itself.

    Raises
    ------
    RecipeError
        If the name is unknown or the file malformed.
    FileError
        If the file cannot be read.
    """
    if isinstance(recipe, Recipe):
        return recipe
    if not is_recipe_file(recipe):
        return find_recipe(recipe)
    try:
        text = Path(recipe).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            "the recipe cannot be read",
            found=getattr(error, "strerror", None) or error,
            expected="a YAML file, or a name that `srmetrics recipes` lists",
            way_out="`srmetrics recipes bicubic-matlab-x4` prints a recipe's YAML to begin with",
            file=recipe,
        ) from error
    return recipe_from_yaml(text, recipe)
