"""A run of small tasks, to be killed: ``python interrupted_run.py FOLDER KIND COUNT SECONDS``."""

from __future__ import annotations

import sys
from pathlib import Path

from numbered_tasks import Slowly, numbered

from harness.engine.executor import choose_executor
from harness.engine.runner import run_tasks
from harness.engine.store import open_run


def main() -> None:
    """Run the tasks that the folder's run lacks."""
    folder, kind, count, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    executor = choose_executor(2, kind="processes" if kind == "processes" else "threads")
    with open_run(folder, {"count": count}) as store:
        run_tasks(numbered(count), Slowly(folder, seconds), store, executor)


if __name__ == "__main__":
    main()
