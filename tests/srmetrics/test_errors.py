"""The exception tree: one root, four parts in one order, the file first, and safe between processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from srmetrics import errors
from srmetrics.errors import ArrayError, ChannelError, SizeError, SrmetricsError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SrmetricsError)]


def test_a_message_says_what_found_expected_and_way_out_in_that_order() -> None:
    error = SizeError("too small", found="3 x 3", expected="7 x 7", way_out="Use a larger image", file=Path("a/b.png"))
    assert "a/b.png: too small; found 3 x 3; expected 7 x 7. Use a larger image." == str(error)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "wrong."),
        ({"found": 0}, "wrong; found 0."),
        ({"expected": "one"}, "wrong; expected one."),
        ({"way_out": "Do so"}, "wrong. Do so."),
        ({"file": "x.png"}, "x.png: wrong."),
    ],
)
def test_parts_that_are_absent_leave_no_trace(parts: dict[str, object], text: str) -> None:
    assert text == str(SrmetricsError("wrong", **parts))  # type: ignore[arg-type]


def test_a_file_is_named_once_and_the_first_one_stays() -> None:
    error = ArrayError("wrong")
    assert error.file is None
    assert error is error.in_file(Path("first.png"))
    assert "first.png" == error.file
    assert "first.png" == error.in_file("second.png").file


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_a_trip_to_another_process(kind: type[SrmetricsError]) -> None:
    sent = kind("wrong", found=3, expected="4", way_out="Add one", file="x.png")
    back = pickle.loads(pickle.dumps(sent))
    assert type(back) is kind
    assert (back.what, back.found, back.expected, back.way_out, back.file) == ("wrong", 3, "4", "Add one", "x.png")
    assert str(back) == str(sent)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_one_root_and_says_what_it_means(kind: type[SrmetricsError]) -> None:
    assert issubclass(kind, SrmetricsError)
    assert kind.__doc__
    assert kind.__name__ in (errors.__doc__ or "")


def test_what_is_wrong_with_an_array_can_be_caught_at_once() -> None:
    assert {ArrayError, ChannelError, SizeError, errors.RangeError, errors.NonFiniteError} == {
        kind for kind in KINDS if issubclass(kind, ArrayError)
    }
