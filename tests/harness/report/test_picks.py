"""Which images are looked at: the worst, the median and the best of each method, by each metric."""

from __future__ import annotations

import math
from itertools import pairwise

from harness.engine.row import Row
from harness.report.picks import pick_images, shown_images
from harness.report.scores import Block


def block(values: dict[str, dict[str, float]], metric: str = "psnr") -> Block:
    rows = [
        Row(image, "", method, "image", 1, {metric: value}, "s")
        for method, mine in values.items()
        for image, value in mine.items()
    ]
    return Block("s", "image", tuple(rows))


def picked(values: dict[str, float], *, higher: bool = True) -> dict[str, str]:
    found = pick_images(block({"m": values}), ["m"], ["psnr"], {"psnr": higher})
    assert all(values[pick.image] == pick.value for pick in found)
    return {pick.rank: pick.image for pick in found}


def test_worst_median_and_best_of_an_odd_and_an_even_number() -> None:
    assert picked({"a": 3, "b": 1, "c": 2}) == {"worst": "b", "median": "c", "best": "a"}
    assert picked({"a": 3, "b": 1, "c": 2, "d": 4}) == {"worst": "b", "median": "c", "best": "d"}


def test_where_less_is_better_the_largest_is_the_worst() -> None:
    assert picked({"a": 3, "b": 1, "c": 2}, higher=False) == {"worst": "a", "median": "c", "best": "b"}


def test_infinity_is_the_best_and_what_does_not_exist_is_none() -> None:
    assert picked({"a": math.inf, "b": math.nan, "c": 2, "d": 3}) == {"worst": "c", "median": "d", "best": "a"}
    assert picked({"a": math.nan}) == {}


def test_of_one_and_two_images() -> None:
    assert picked({"a": 3}) == {"best": "a"}
    assert picked({"a": 3, "b": 1}) == {"worst": "b", "best": "a"}


def test_equal_images_go_by_their_names() -> None:
    assert picked({"c": 1, "a": 1, "b": 1}) == {"worst": "a", "median": "b", "best": "c"}


def test_all_images_are_shown_where_there_is_room() -> None:
    some = block({"m": {f"{n:03d}": float(n) for n in range(10)}})
    assert shown_images(some, [], ["m"], "psnr", 10) == [f"{n:03d}" for n in range(10)]


def test_of_many_images_the_picked_and_an_even_spread_are_shown() -> None:
    values = {f"{n:04d}": float(n) for n in range(1000)}
    some = block({"m": values})
    picks = pick_images(some, ["m"], ["psnr"], {"psnr": True})
    shown = shown_images(some, picks, ["m"], "psnr", 103)
    assert len(shown) == 103
    assert {pick.image for pick in picks} <= set(shown)
    assert shown == sorted(shown), "in the order of the table"
    gaps = [int(b) - int(a) for a, b in pairwise(shown)]
    assert max(gaps) <= 12
