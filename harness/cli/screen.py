"""Where results are printed, and how progress is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

PIPE_WIDTH = 160
"""Columns of a table that goes to a pipe or a file, where no terminal says its width."""


def screen() -> Console:
    """Return the console for results; a pipe gets plain text that is not cut to 80 columns."""
    return _Screen() if sys.stdout.isatty() else _Screen(width=PIPE_WIDTH, color_system=None)


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Go on in silence: that the reader of a pipe has left says nothing of the job."""
        _reader_left()


def say(text: str) -> None:
    """Print text as it is; nothing happens where the reader of a pipe has left."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        _reader_left()


def _reader_left() -> None:
    # What is still to be printed, or waits in the stream, goes nowhere.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def shown(text: str) -> str:
    """Return text in which no character of a file's name acts on the terminal: they are spelt out."""
    from harness.leaderboard.readable import readable

    return readable(text)


def bar_columns() -> tuple[ProgressColumn, ...]:
    """Return what a progress bar is made of."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal and nothing in a pipe; yields ``report(done, total)``."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import Progress

    with Progress(*bar_columns(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
