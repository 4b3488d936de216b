"""How methods are called, and how labels are read from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.jobs.compare_options import CompareOptions, method_locations, parse_labels
from srmetrics.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("HR/x4", "RCAN/x4", "RCANplus/x4", "a", "b", "odd=name"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("a/one.png", "b/one.png", "b/two.png"):
        (tmp_path / file).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("reference", "candidates", "names"),
    [
        ("HR/x4", ("RCAN/x4", "RCANplus/x4"), ("RCAN", "RCANplus")),
        ("HR/x4", ("RCAN/x4",), ("RCAN",)),
        ("HR/x4/", ("./RCAN/x4/", "a"), ("x4", "a")),
        ("HR", ("a", "b"), ("a", "b")),
        ("HR", ("a/*.png", "b/*.png"), ("a", "b")),
        ("HR/x4", ("first=a", "b"), ("first", "b")),
        ("HR", ("HR",), ("HR",)),
        ("a/one.png", ("b/one.png",), ("b",)),
        ("a/one.png", ("b/two.png",), ("two",)),
        ("HR", ("odd=name",), ("odd=name",)),
        ("HR", ("a::field",), ("a",)),
    ],
)
def test_methods_are_called_by_what_tells_their_folders_apart(here, reference, candidates, names) -> None:
    assert names == tuple(method_locations(reference, candidates))


@pytest.mark.parametrize("candidates", [(), ("a", "a"), ("a", "a=b"), ("x=a", "x=b")])
def test_methods_without_a_name_of_their_own_are_refused(here, candidates) -> None:
    with pytest.raises(UsageError):
        method_locations("HR", candidates)


def test_names_given_in_python_are_kept() -> None:
    assert {"a=b": "x/y", "ours": "z"} == method_locations("HR", {"a=b": "x/y", "ours": "z"})


def test_labels_are_values_and_names() -> None:
    assert {255: "nucleus", 0: "the rest"} == parse_labels("255=nucleus, 0 = the rest")


@pytest.mark.parametrize("text", ["", "nucleus", "255=", "=x", "-1=x", "²=x", "1=x,1=y", "1=x,2=x", "1=x,"])
def test_labels_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_labels(text)


@pytest.mark.parametrize("text", ["40", "abc", "40,1", "40,"])
def test_a_window_that_cannot_be_is_answered_with_what_the_option_takes(text: str) -> None:
    with pytest.raises(UsageError, match=f"--window cannot be this; found '{text}'; expected .* 40,400"):
        CompareOptions(window=text)
