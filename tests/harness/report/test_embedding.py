"""What lies in the page is decided by how large the page may be."""

from __future__ import annotations

from harness.report.embedding import choose
from harness.report.picture_task import CANDIDATE, REFERENCE, Layer, ShownImage


def image(key: str, thumbnail: int, whole: int) -> ShownImage:
    layers = [
        Layer(role, "" if role == REFERENCE else "m", bytes(thumbnail), (1, 1), f"{key}{role}", whole, (1, 1))
        for role in (REFERENCE, CANDIDATE)
    ]
    return ShownImage(key, layers=layers)


def test_everything_lies_in_the_page_where_there_is_room() -> None:
    chosen = choose([image("a", 30, 300), image("b", 30, 300)], {}, 10_000)
    assert chosen.whole == chosen.small == {"a", "b"}


def test_small_pictures_of_all_come_before_whole_ones_and_picked_before_others() -> None:
    images = [image(key, 300, 3000) for key in "abcd"]
    # A pair of thumbnails takes 2 * (400 + 64) bytes, of whole pictures 2 * (4000 + 64).
    chosen = choose(images, {"c": 0}, 4 * 928 + 8128)
    assert chosen.small == set("abcd")
    assert chosen.whole == {"c"}
    assert choose(images, {"c": 0}, 4 * 928 + 8127).whole == set()
    assert choose(images, {"d": 0}, 928).small == {"d"}
    assert choose(images, {"d": 1}, 928).small == {"a"}, "with its thumbnails in the tables, d has no room"


def test_without_room_there_are_no_pictures() -> None:
    chosen = choose([image("a", 30, 300)], {"a": 100}, 50)
    assert (chosen.small, chosen.whole) == (set(), set())
