"""``srmetrics recipes``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import click

EXAMPLES = """\b
Examples:
  srmetrics recipes
  srmetrics recipes bicubic-matlab-x4
  srmetrics recipes realesrgan-x4plus@1 > mine.yaml

\b
Exit codes: 0 done; 1 a file cannot be read; 2 there is no such recipe, or the file is none.
"""


@click.command("recipes", epilog=EXAMPLES)
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """List the degradation recipes, or explain one in words and YAML.

    NAME is a recipe's name, with or without its version, or a YAML file.
    """
    from degradations import RECIPES
    from harness.cli.screen import screen
    from srmetrics.errors import RecipeError

    if name is None:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        table.add_column("recipe", no_wrap=True)
        table.add_column("scale", justify="right")
        table.add_column("digest", no_wrap=True)
        table.add_column("what it is")
        for recipe in RECIPES.values():
            summary = recipe.text.partition(":")[0].partition(". ")[0]
            table.add_row(recipe.full_name, f"x{recipe.scale}", recipe.digest[:12], summary)
        screen().print(table)
        click.echo(
            "Next: 'srmetrics recipes NAME' explains one; save its YAML to start a recipe of your own.", err=True
        )
        return 0
    try:
        _explain(name)
    except RecipeError as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    return 0


def _explain(name: str) -> None:
    """Print a recipe as a YAML file that starts with its steps in words."""
    from degradations import recipe_to_yaml
    from harness.jobs.load_recipe import load_recipe

    recipe = load_recipe(name)
    click.echo(f"# {recipe.full_name}, digest {recipe.digest}")
    for number, step in enumerate(recipe.steps, start=1):
        for depth, kind, words in _in_words(step, 0):
            click.echo(f"# {'   ' * depth}{f'{number}. ' if depth == 0 else '- '}{kind}: {words}")
    click.echo(recipe_to_yaml(recipe), nl=False)


def _in_words(step: Any, depth: int) -> Iterator[tuple[int, str, str]]:
    """Go through a step and those inside it: how deep, its kind, and the first line of its documentation."""
    yield depth, step.kind, (type(step).__doc__ or "").splitlines()[0]
    for field in dataclasses.fields(step):
        value = getattr(step, field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if hasattr(inner, "kind"):
                yield from _in_words(inner, depth + 1)
