"""Run a notebook from nothing, and store it with its outputs: ``python docs/making/run_notebook.py [FROM] [TO]``.

Without arguments the notebook of the site is run and replaced. A test compares what it stores with a fresh run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "from-folder-to-cited-table.ipynb"


def run_notebook(notebook: Any, folder: Path) -> Any:
    """Return the notebook with the outputs of a run in an empty folder.

    Commands of srmetrics are those of this Python.
    """
    os.environ |= {
        "IPYTHONDIR": str(folder / ".ipython"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    client = NotebookClient(
        notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(folder)}}, kernel_name="python3"
    )
    made = client.execute()
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for cell in made.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [*_texts(cell.outputs), *(each for each in cell.outputs if each.output_type != "stream")]
    return made


def _texts(outputs: list[Any]) -> list[Any]:
    """Join the pieces in which each stream came, and cut the spaces at the ends of its lines."""
    joined = []
    for name in ("stdout", "stderr"):
        text = "".join(each.text for each in outputs if each.output_type == "stream" and each.name == name)
        lines = "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
        if lines:
            joined.append(nbformat.v4.new_output("stream", name=name, text=f"{lines}\n"))
    return joined


def main(arguments: list[str]) -> None:
    """Run one notebook and write it, to itself if nothing else is said."""
    source = Path(arguments[0]) if arguments else NOTEBOOK
    target = Path(arguments[1]) if arguments[1:] else source
    with tempfile.TemporaryDirectory() as folder:
        made = run_notebook(nbformat.read(source, as_version=4), Path(folder))
    nbformat.write(made, target)


if __name__ == "__main__":
    main(sys.argv[1:])
