"""Low-resolution images that another laboratory can make again: arrays in, arrays and a record out."""

from degradations.degrade import degrade
from degradations.float_luma import upscale_float_luma
from degradations.imresize import imresize
from degradations.manifest import Entry, read_manifest
from degradations.recipe import Recipe
from degradations.recipe_yaml import recipe_from_yaml, recipe_to_yaml
from degradations.recipes import RECIPES, find_recipe
from degradations.replay import replay
from degradations.steps.luma import studio_luma

__all__ = [
    "RECIPES",
    "Entry",
    "Recipe",
    "degrade",
    "find_recipe",
    "imresize",
    "read_manifest",
    "recipe_from_yaml",
    "recipe_to_yaml",
    "replay",
    "studio_luma",
    "upscale_float_luma",
]
