"""The examples at the end of a command's help, run in a shell as somebody types them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def examples_of(help_text: str) -> list[str]:
    """Return the commands under ``Examples:``, with those on several lines joined."""
    block = help_text.partition("Examples:\n")[2].partition("\b")[0]
    return [line.strip() for line in re.sub(r"\\\n\s*", "", block).splitlines() if line.strip()]


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line in a shell whose ``srmetrics`` is the one under test."""
    tools = folder / ".bin"
    tools.mkdir(exist_ok=True)
    script = tools / "srmetrics"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m harness "$@"\n')
    script.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
