"""How far a bench is, on the terminal: a bar, under it the training that told last; and a log where one is wanted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console

from harness.cli.screen import bar_columns, shown

if TYPE_CHECKING:
    from harness.jobs.bench_progress import BenchProgress, TrainingUpdate

SECONDS_WITHOUT_A_LINE = 10.0
"""After these, the log tells of an epoch that is not over yet."""


@contextmanager
def watching(*, log_training: bool) -> Iterator[BenchProgress]:
    """Show a bar on a terminal, and nothing in a pipe but the log of trainings, if it is asked for.

    Parameters
    ----------
    log_training : bool
        Write a line when a training begins and after each of its epochs, to the standard error.
    """
    from harness.jobs.bench_progress import BenchProgress

    if not sys.stderr.isatty():
        # Nothing is computed to be told where nobody is told.
        yield BenchProgress(training=_Log(_to_pipe) if log_training else None)
        return
    from rich.console import Group
    from rich.progress import Progress
    from rich.text import Text

    line = Text()

    class Bar(Progress):
        def get_renderable(self) -> Group:
            """Return the bar, and the line under it: beside it, it would not fit into 80 columns."""
            return Group(*self.get_renderables(), line)

    with Bar(*bar_columns(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Running", total=None)
        log = _Log(lambda text: bar.console.print(Text(text))) if log_training else None

        def tasks(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        def training(update: TrainingUpdate) -> None:
            line.plain = shown(str(update))
            if log is not None:
                log(update)

        yield BenchProgress(tasks, training)


class _Log:
    """Writes the updates that are worth a line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._last = time.monotonic()

    def __call__(self, update: TrainingUpdate) -> None:
        now = time.monotonic()
        if update.progress is None or update.progress.ends_epoch or now - self._last > SECONDS_WITHOUT_A_LINE:
            self._last = now
            self._write(f"{time.strftime('%H:%M:%S')} {shown(str(update))}")


def _to_pipe(line: str) -> None:
    click.echo(line, err=True)
