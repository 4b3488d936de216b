"""Golden digests: a recipe's draws never change, nor its pixels under equal library versions."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from degradations import RECIPES
from degradations.manifest import library_versions
from reference_outputs.degradations import record

GOLDEN = record.recorded_rows()
PIXELS_DEPEND_ON = ("numpy", "scipy", "opencv", "libjpeg", "pillow", "pillow_libjpeg")


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    return tomllib.loads(record.SOURCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made() -> list[dict[str, str]]:
    return list(record.golden_rows(list(RECIPES.values())))


def without_pixels(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != "output_sha256"}


def test_every_recipe_is_recorded_and_none_has_changed() -> None:
    assert {row["recipe"]: row["recipe_digest"] for row in GOLDEN} == {
        name: recipe.digest for name, recipe in RECIPES.items()
    }


def test_draws_sizes_and_refusals_are_the_recorded_ones_everywhere(made: list[dict[str, str]]) -> None:
    assert [without_pixels(row) for row in GOLDEN] == [without_pixels(row) for row in made]


def test_pixels_are_the_recorded_ones_under_the_recorded_versions(
    source: dict[str, Any], made: list[dict[str, str]]
) -> None:
    here = library_versions()
    other = [f"{name} {here[name]}" for name in PIXELS_DEPEND_ON if here[name] != source["versions"].get(name)]
    if source["processor"] != record.processor():
        other.append(record.processor())
    if other:
        pytest.skip(f"pixels were recorded elsewhere; here: {', '.join(other)}")
    assert GOLDEN == made


def test_matlab_recipes_are_the_recorded_ones_on_every_machine(made: list[dict[str, str]]) -> None:
    # Products and sums in double precision, in a fixed order: no library enters.
    recorded = [row for row in GOLDEN if row["recipe"].startswith("bicubic-matlab-")]
    assert recorded == [row for row in made if row["recipe"].startswith("bicubic-matlab-")]


def test_golden_inputs_are_what_they_were() -> None:
    from degradations.manifest import describe_pixels

    assert GOLDEN_INPUTS == {
        name: describe_pixels(image)["sha256"][:16] for name, image in record.golden_inputs().items()
    }


GOLDEN_INPUTS = {"astronaut": "44487c50b09c901c", "camera": "1eae98abb54bfc9d", "camera16": "4d1e4e118facc5ab"}
