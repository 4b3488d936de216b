"""The notebook gives, run anew, the numbers that are stored in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs/from-folder-to-cited-table.ipynb"
VERSION = re.compile(r"\d+\.\d+\.\d+\S*")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def read(path: Path) -> Any:
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook, run as the script beside it does: in a process of its own, for kernels warn and leave sockets."""
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    if shutil.which("bash") is None:
        pytest.skip("the notebook calls bash")
    made = tmp_path_factory.mktemp("notebook") / "fresh.ipynb"
    command = [sys.executable, str(ROOT / "docs/making/run_notebook.py"), str(NOTEBOOK), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    return read(made)


def texts(notebook: Any) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each cell, the kind of each of its outputs, and its text without versions."""
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            text = output.text if output.output_type == "stream" else output.data["text/plain"]
            yield number, output.get("name", output.output_type), VERSION.sub("VERSION", text)


def assert_equal_as_printed(stored: str, fresh: str) -> None:
    """Words are equal; whole numbers are, too; others are within one of their last printed digit."""
    assert NUMBER.sub("0", stored) == NUMBER.sub("0", fresh)
    for one, other in zip(NUMBER.findall(stored), NUMBER.findall(fresh), strict=True):
        decimals = len(one.partition(".")[2])
        # Half a digit of rounding on either side, and the binary error of the numbers themselves.
        assert abs(float(one) - float(other)) <= (1.001 * 10**-decimals if decimals else 0), f"{one} and {other}"


def test_a_fresh_run_gives_the_stored_numbers(fresh: Any) -> None:
    stored = read(NOTEBOOK)
    assert [cell.source for cell in stored.cells] == [cell.source for cell in fresh.cells]
    before, now = list(texts(stored)), list(texts(fresh))
    assert [each[:2] for each in before] == [each[:2] for each in now]
    for (_, _, one), (_, _, other) in zip(before, now, strict=True):
        assert_equal_as_printed(one, other)


def test_the_stored_notebook_goes_the_whole_way_and_holds_no_place_or_time() -> None:
    notebook = read(NOTEBOOK)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    commands = ("degrade", "audit", "figure", "verify", "cite")
    assert all(f"srmetrics {command} " in code for command in commands)
    assert "harness.compare(" in code
    printed = "\n".join(text for _, _, text in texts(notebook))
    for words in ("All holds", "\\begin{tabular}", "References", "Found: skimage"):
        assert words in printed
    assert tempfile.gettempdir() not in printed
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 1
    assert pictures[0].metadata["image/png"]["alt"]
    assert NOTEBOOK.stat().st_size < 300_000


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("28.31 dB of 8", "28.32 dB of 8", True),
        ("28.31 dB of 8", "28.33 dB of 8", False),
        ("28.31 dB of 8", "28.31 dB of 9", False),
        ("28.31 dB", "28.31 db", False),
        ("28.31", "28.310", True),
    ],
)
def test_numbers_are_compared_to_the_printed_digit(one: str, other: str, equal: bool) -> None:
    if equal:
        assert_equal_as_printed(one, other)
    else:
        with pytest.raises(AssertionError):
            assert_equal_as_printed(one, other)
