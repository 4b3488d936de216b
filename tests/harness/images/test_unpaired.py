"""Folders of which no two names pair: the error has names from both sides, and how to pair them."""

from __future__ import annotations

from pathlib import Path

from harness.images import ImageFile, ImageSet, PairByPattern, nothing_pairs


def images(name: str, *keys: str) -> ImageSet:
    return ImageSet(Path(name), name, tuple(ImageFile(Path(name, f"{key}.png"), key) for key in keys))


SET5 = images("HR", "baby", "bird", "butterfly", "head", "woman")


def test_three_names_of_each_side_are_shown_and_how_to_pair_them() -> None:
    said = str(nothing_pairs(SET5, images("SR", "q", "r"), "runs/SR"))
    assert said.startswith(
        "runs/SR: none of its 2 images pairs with a reference by its name; found 'q', 'r' beside the "
    )
    assert "references 'baby', 'bird', 'butterfly' and 2 more; expected equal names" in said
    assert "--pair" in said
    assert "'([0-9]+)'" in said
    assert "image,candidate" in said


def test_one_image_and_one_reference_are_not_several() -> None:
    said = str(nothing_pairs(images("HR", "a"), images("SR", "q"), "SR", what="masks"))
    assert said.startswith(
        "SR: its only mask does not pair with a reference by its name; found 'q' beside the reference "
    )


def test_where_the_user_said_how_to_pair_that_is_to_be_mended() -> None:
    said = str(nothing_pairs(SET5, images("SR", "q", "r"), "SR", PairByPattern("([0-9]+)")))
    assert "none of its 2 images pairs with a reference as --pair says; found 'q', 'r'" in said
    assert "Mend the expression" in said
    assert "'([0-9]+)'" not in said
