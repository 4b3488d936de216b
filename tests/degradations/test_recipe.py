"""A recipe's digest is that of what it does; YAML reads back to it, or is refused with its line."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from degradations.pipeline import ChooseOne, EitherOrder, InOrder, Maybe, Shuffled
from degradations.recipe import Recipe, canonical_json, plain_step
from degradations.recipe_yaml import recipe_from_yaml, recipe_to_yaml
from degradations.recipes import RECIPES, find_recipe
from degradations.steps import KINDS
from degradations.steps.quantise import Clip, Quantise, ToFloat
from degradations.steps.resize import MatlabResize, ResizeBy, ResizeTo
from srmetrics.errors import RecipeError

PLAIN = """\
name: my-lab-x4
version: 2
scale: 4
steps:
  - kind: to-float
  - kind: maybe
    probability: 0.5
    step:
      kind: resize-by
      rules: [opencv-area, opencv-bicubic]
      up_down_keep: [0.2, 0.7, 0.1]
      smallest: 0.5
      largest: 2
  - kind: resize-to
    rules: [opencv-area]
  - kind: quantise
"""

MADE = Recipe(
    "my-lab-x4",
    2,
    4,
    (
        ToFloat(),
        Maybe(0.5, ResizeBy(("opencv-area", "opencv-bicubic"), (0.2, 0.7, 0.1), 0.5, 2)),
        ResizeTo(("opencv-area",)),
        Quantise(),
    ),
    "",
    "",
)

SIMPLE = st.one_of(
    st.builds(ToFloat, st.sampled_from(["float32", "float64"])),
    st.builds(Quantise, st.sampled_from(["input", "uint8", "uint16"]), st.sampled_from(["even", "away"])),
    st.just(Clip()),
    st.builds(MatlabResize, border=st.sampled_from(["symmetric", "replicate"]), antialias=st.booleans()),
    st.builds(
        ResizeTo,
        st.lists(st.sampled_from(["opencv-area", "pillow-box"]), min_size=1, max_size=2).map(tuple),
        st.none() | st.tuples(st.integers(1, 999), st.integers(1, 999)),
    ),
)
STEPS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(Maybe, st.floats(0, 1), inner),
        st.builds(EitherOrder, inner, inner, st.floats(0, 1)),
        st.lists(inner, max_size=3).map(lambda steps: InOrder(tuple(steps))),
        st.lists(inner, min_size=1, max_size=3).map(lambda steps: Shuffled(tuple(steps), (0,))),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda steps: ChooseOne(tuple(steps), (1.0,) + (0.0,) * (len(steps) - 1))
        ),
    ),
    max_leaves=6,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("ab :#'-\n>", max_size=200)


@given(st.lists(STEPS, min_size=1, max_size=4), st.integers(1, 99), st.integers(1, 8), WORDS, WORDS)
@settings(max_examples=100, deadline=None)
def test_yaml_reads_back_to_an_equal_recipe(
    steps: list[Maybe], version: int, scale: int, citation: str, text: str
) -> None:
    recipe = Recipe("family-x4", version, scale, tuple(steps), citation, text)
    again = recipe_from_yaml(recipe_to_yaml(recipe))
    assert recipe == again
    assert recipe.digest == again.digest


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_named_recipe_reads_back_from_its_yaml(name: str) -> None:
    assert RECIPES[name] == recipe_from_yaml(recipe_to_yaml(RECIPES[name]))


def test_a_file_with_defaults_left_out_is_the_recipe_made_in_python() -> None:
    assert MADE == recipe_from_yaml(PLAIN)
    assert MADE.digest == recipe_from_yaml(PLAIN).digest


def test_the_digest_is_of_canonical_json() -> None:
    # By hand: sorted keys, no spaces, whole numbers without a point; then `sha256sum`.
    recipe = Recipe("a-x2", 1, 2, (Clip(),), "cited", "told")
    assert canonical_json(plain_step(Maybe(1.0, Clip()))) == '{"kind":"maybe","probability":1,"step":{"kind":"clip"}}'
    assert CLIP_DIGEST == recipe.digest


CLIP_DIGEST = "db8052b28862695a4c03b98e7deb8dd8030751616d5d5c636396dee18de45f2d"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "another-x4"},
        {"version": 3},
        {"scale": 2},
        {"steps": MADE.steps[:-1]},
        {"steps": (*MADE.steps[:-1], Quantise(ties="away"))},
        {"steps": (ToFloat("float64"), *MADE.steps[1:])},
        {"steps": MADE.steps[::-1]},
    ],
)
def test_whatever_changes_the_pixels_changes_the_digest(change: dict[str, object]) -> None:
    assert MADE.digest != dataclasses.replace(MADE, **change).digest  # type: ignore[arg-type]


def test_words_and_the_spelling_of_numbers_do_not_change_the_digest() -> None:
    assert MADE.digest == dataclasses.replace(MADE, text="in other words", citation="a paper").digest
    assert MADE.digest == recipe_from_yaml(PLAIN.replace("largest: 2", "largest: 2.0")).digest


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "probability:",
            "probabillity:",
            r"line 7, steps\[1\].probabillity: unknown field; expected probability.*\. Did you mean 'probability'\?",
        ),
        ("    rules: [opencv-area]\n", "", r"line 14, steps\[2\].rules: Field required"),
        ("smallest: 0.5", "smallest: small", r"line 12, steps\[1\].step.smallest: .*found 'small'"),
        ("smallest: 0.5", "smallest: -1", r"line 8, steps\[1\].step: impossible factors"),
        ("smallest: 0.5", "smallest: .nan", r"line 12, steps\[1\].step.smallest"),
        ("smallest: 0.5", "smallest: 0.5\n      sigma: 1", r"line 13, steps\[1\].step.sigma: unknown field"),
        (
            "kind: quantise",
            "kind: quantize",
            r"line 16, steps\[3\].kind: unknown kind of step.*Did you mean 'quantise'\?",
        ),
        ("kind: quantise", "kind: [quantise]", r"line 16, steps\[3\].kind"),
        ("- kind: quantise", "- quantise", r"line 16, steps\[3\]: a step is a mapping"),
        ("[opencv-area]", "opencv-area", r"line 15, steps\[2\].rules"),
        ("[0.2, 0.7, 0.1]", "[0.2, 0.7]", r"line 11, steps\[1\].step.up_down_keep"),
        ("scale: 4", "scale: four", "line 3, scale"),
        ("scale: 4", "scale: 4.5", "line 3, scale"),
        ("scale: 4", "scale: true", "line 3, scale"),
        ("scale: 4", "scale: 0", "impossible scale"),
        ("version: 2", "version: 0", "impossible recipe version"),
        ("name: my-lab-x4", "name: My Lab", "not a recipe name"),
        ("name: my-lab-x4", "name: ../up", "not a recipe name"),
        ("name: my-lab-x4\n", "", "line 1, name: Field required"),
        ("scale: 4", "scale: 4\nseed: 3", "line 4, seed: unknown field"),
        ("scale: 4", "scale: 4\nscale: 3", "line 4: scale stands here a second time"),
        ("scale: 4", "scale: &four 4\ncitation: *four", "aliases"),
        ("scale: 4", "scale: !!python/object:os.system 4", "not valid YAML"),
        ("scale: 4", "scale: [4", "not valid YAML"),
        ("scale: 4", "? [a]\n: 4", "one word"),
    ],
)
def test_a_malformed_file_is_refused_with_field_and_line(old: str, new: str, words: str) -> None:
    assert old in PLAIN
    with pytest.raises(RecipeError, match=words) as raised:
        recipe_from_yaml(PLAIN.replace(old, new, 1), "lab.yaml")
    assert str(raised.value).startswith("lab.yaml: ")


@pytest.mark.parametrize("text", ["", "- a", "just words", "steps: []", "[" * 2_000])
def test_what_is_no_recipe_at_all_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        recipe_from_yaml(text)


def test_a_name_without_version_is_the_newest() -> None:
    assert find_recipe("bicubic-matlab-x4") is find_recipe("bicubic-matlab-x4@1")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bicubic-matlab-x5", "bicubic-matlab-x4"),
        ("bicubic-mathlab-x4", "bicubic-matlab-x4"),
        ("bicubic-matlab-x4@7", "expected bicubic-matlab-x4@1"),
        ("bicubic-matlab-x4@", "expected bicubic-matlab-x4@1"),
        ("bicubic-matlab-x4@one", "expected bicubic-matlab-x4@1"),
        ("bicubic", r"expected bicubic-matlab-x2@1 or bicubic-matlab-x3@1 or .* or 16 more\. .*srmetrics recipes"),
        ("realesrgan-x2", "expected realesrgan-x2plus@1 or realesrgan-x2plus-nousm@1 or"),
        ("classic", "expected bicubic-matlab-classic-x2@1 or"),
        ("bicubic-x4", "expected bicubic-matlab-x4@1 or bicubic-matlab-classic-x4@1 or"),
        ("Bicubic_Matlab_x4", r"expected bicubic-matlab-x4@1\."),
        ("meant", r"expected wbc-ko-kim-2024-meant@1\."),
        ("-", "expected a name that `srmetrics recipes` lists"),
        ("nothing like it", "expected a name that `srmetrics recipes` lists"),
        ("", "srmetrics recipes"),
    ],
)
def test_an_unknown_name_is_refused_with_what_it_may_have_meant(name: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        find_recipe(name)


def test_kinds_and_names_are_unique_and_consistent() -> None:
    assert all(kind == cls.kind for kind, cls in KINDS.items())
    assert all(name == recipe.full_name for name, recipe in RECIPES.items())
    assert len({recipe.digest for recipe in RECIPES.values()}) == len(RECIPES)
    assert all(recipe.citation and recipe.text for recipe in RECIPES.values())
    assert all(f"-x{recipe.scale}" in recipe.name for recipe in RECIPES.values() if recipe.scale > 1)
