"""Replay makes identical pixels, or names the first field that differs."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from degradations import Entry, Recipe, degrade, replay
from degradations.manifest import library_versions
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from srmetrics.errors import ManifestError

RECIPE = Recipe(
    "random-x2",
    1,
    2,
    (
        ToFloat(),
        ResizeBy(("opencv-area", "opencv-bicubic"), (0.5, 0.5, 0), 0.5, 2),
        ResizeTo(("opencv-area",)),
        Quantise(),
    ),
    "",
    "",
)
IMAGE = np.random.RandomState(0).randint(0, 256, (17, 20, 3)).astype(np.uint8)
MADE, RECORD = degrade(IMAGE, RECIPE, seed=5, key="a/b")


def altered(change: Callable[[dict[str, Any]], object]) -> Entry:
    plain = copy.deepcopy({**RECORD, "file": "a/b.png"})
    change(plain)
    return Entry.model_validate(json.loads(json.dumps(plain)))


def test_replay_makes_identical_pixels_and_an_identical_record() -> None:
    made, record = replay(IMAGE, altered(lambda plain: None), recipe=RECIPE)
    np.testing.assert_array_equal(MADE, made)
    assert record == RECORD


def test_a_named_recipe_is_found_by_its_name() -> None:
    made, record = degrade(IMAGE, "bicubic-matlab-x2@1", key="a/b")
    again, _ = replay(IMAGE, Entry.model_validate(record))
    np.testing.assert_array_equal(made, again)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plain: plain["draws"][1]["drew"].update(factor=0.75), r"draws\[1\]\.drew\.factor differs.*0\.75"),
        (lambda plain: plain["draws"][1]["drew"].update(rule="pillow-box"), r"draws\[1\]\.drew\.rule differs"),
        (lambda plain: plain["draws"][1]["drew"].update(sigma=1), r"draws\[1\]\.drew\.sigma differs"),
        (lambda plain: plain["draws"][1]["drew"].pop("factor"), r"draws\[1\]\.drew\.factor differs"),
        (lambda plain: plain["draws"].pop(), "draws differs"),
        (lambda plain: plain["draws"][0].update(step="clip"), r"draws\[0\]\.step differs"),
        (lambda plain: plain["crop"].update(bottom=0), r"crop\.bottom differs.*found 1; expected 0"),
        (lambda plain: plain.update(seed=6), r"draws\[1\]"),
        (lambda plain: plain.update(key="a/c"), r"draws\[1\]"),
        (lambda plain: plain.update(draw=1), r"draws\[1\]"),
        (lambda plain: plain["input"].update(sha256="0" * 64), r"input\.sha256 differs"),
        (lambda plain: plain["input"].update(shape=[17, 20]), r"input\.shape differs"),
        (lambda plain: plain["output"].update(sha256="0" * 64), r"output\.sha256 differs"),
        (lambda plain: plain["versions"].update(numpy="1.0"), r"versions\.numpy differs.*expected 1\.0"),
        (lambda plain: plain["versions"].update(libjpeg="9e"), r"versions\.libjpeg differs"),
        (lambda plain: plain["versions"].pop("opencv"), r"versions\.opencv differs"),
        (lambda plain: plain.update(recipe_digest="0" * 64), "recipe_digest differs"),
        (lambda plain: plain.update(recipe="random-x2@2"), "recipe differs"),
    ],
)
def test_an_altered_entry_is_named_by_file_and_field(change: Callable[[dict[str, Any]], object], words: str) -> None:
    with pytest.raises(ManifestError, match=r"^a/b\.png: " + words):
        replay(IMAGE, altered(change), recipe=RECIPE)


def test_a_changed_input_is_named() -> None:
    other = IMAGE.copy()
    other[0, 0, 0] ^= 1
    with pytest.raises(ManifestError, match=r"a/b\.png: input\.sha256 differs"):
        replay(other, altered(lambda plain: None), recipe=RECIPE)


def test_other_versions_are_gone_on_with_on_request_but_pixels_are_still_compared() -> None:
    entry = altered(lambda plain: plain["versions"].update(numpy="1.0"))
    made, record = replay(IMAGE, entry, recipe=RECIPE, other_versions=True)
    np.testing.assert_array_equal(MADE, made)
    assert record["versions"] == library_versions()
    wrong = altered(lambda plain: (plain["versions"].update(numpy="1"), plain["output"].update(sha256="0" * 64)))
    with pytest.raises(ManifestError, match="libraries differ from the manifest's: numpy"):
        replay(IMAGE, wrong, recipe=RECIPE, other_versions=True)


def test_an_unknown_recipe_asks_for_its_file() -> None:
    with pytest.raises(ManifestError, match=r"recipe: unknown recipe.*YAML file .* --recipe FILE"):
        replay(IMAGE, altered(lambda plain: None))
