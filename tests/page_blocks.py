"""The fenced blocks of a page: files that it writes, changes that it makes, commands that it gives, as printed."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_PROGRAMS = {
    "srmetrics": ["-m", "harness"],
    "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    "python": [],
    "ruff": ["-m", "ruff"],
}


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    title: str
    """The file that it is or changes; empty for commands and the like."""
    text: str

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield each command after a ``$``, its continued lines joined, and what is printed below it."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            match = re.match(r"((?:.*\\\n)*.*)\n?", part)
            assert match is not None
            yield match[1].replace("\\\n", " "), part[match.end() :]


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page in their order."""
    return [Block(*found) for found in _FENCE.findall(page.read_text(encoding="utf-8"))]


def apply_change(text: str, change: str) -> str:
    """Apply a block of ``diff``: lines that stay, go (-) and come (+), which must be found once."""
    lines = change.splitlines(keepends=True)
    assert {line[0] for line in lines} <= set(" +-"), change
    before = "".join(line[1:] for line in lines if line[0] != "+")
    after = "".join(line[1:] for line in lines if line[0] != "-")
    assert text.count(before) == 1, f"found {text.count(before)} times:\n{before}"
    return text.replace(before, after)


def differences(printed: str, got: str) -> str:
    """Say where an output is not what the page prints, in which ``...`` stands for anything; empty where it is."""
    expected, found = (
        "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n" for text in (printed, got)
    )
    checker = doctest.OutputChecker()
    if checker.check_output(expected, found, doctest.ELLIPSIS):
        return ""
    return checker.output_difference(doctest.Example("", expected), found, doctest.REPORT_UDIFF)


def run(command: str, folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a page in a folder, by this Python and with these paths before all others.

    What it says on either stream stands in ``stdout``, as it would on a terminal.
    """
    program, *arguments = shlex.split(command)
    return subprocess.run(
        [sys.executable, *_PROGRAMS[program], *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        check=False,
    )
