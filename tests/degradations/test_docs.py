"""The pages on recipes and manifests leave nothing out, and what they show works."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from degradations import RECIPES, degrade, recipe_from_yaml
from degradations.manifest import SCHEMA, Entry, library_versions

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def recipes() -> str:
    return (DOCS / "recipes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def manifest() -> str:
    return (DOCS / "manifest.md").read_text(encoding="utf-8")


def test_every_recipe_is_listed(recipes: str) -> None:
    listed = set(
        re.findall(r"`([a-z0-9-]+(?:xS|x\d\w*|\d{4}|[a-z])[a-z0-9-]*)`", recipes.split("## The float rows")[0])
    )
    names = {recipe.name for recipe in RECIPES.values()}
    families = {re.sub(r"-x\d$", "-xS", name) for name in names}
    missing = {name for name in names if name not in listed and re.sub(r"-x\d$", "-xS", name) not in listed}
    assert missing == set()
    assert {each for each in listed if each.endswith("-xS")} <= families


def test_the_digest_in_the_example_citation_is_right(recipes: str) -> None:
    assert f"`realesrgan-x4plus@1` ({RECIPES['realesrgan-x4plus@1'].digest[:12]})" in recipes


def test_the_example_recipe_runs(recipes: str) -> None:
    text = re.search(r"```yaml\n(.*?)```", recipes, re.DOTALL)
    assert text is not None
    made, _ = degrade(np.zeros((16, 16, 3), np.uint8), recipe_from_yaml(text.group(1)), key="a")
    assert made.shape == (4, 4, 3)


def test_every_field_of_a_line_is_documented(manifest: str) -> None:
    table = manifest.split("## A line")[1].split("The last four")[0]
    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert [field.alias or name for name, field in Entry.model_fields.items()] == documented
    assert all(f"`{name}`" in manifest for name in library_versions())
    assert f"Schema version {SCHEMA}." in manifest


def test_the_digest_of_pixels_is_what_the_page_says(manifest: str) -> None:
    import hashlib

    image = np.arange(12, dtype="<u2").reshape(2, 2, 3)
    assert 'f"{image.dtype} {list(image.shape)}\\n".encode() + image.tobytes()' in manifest
    _, record = degrade(image, "bicubic-matlab-x2@1", key="a")
    digest = hashlib.sha256(f"{image.dtype} {list(image.shape)}\n".encode() + image.tobytes()).hexdigest()
    assert digest == record["input"]["sha256"]
