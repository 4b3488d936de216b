"""The site as ``mkdocs build --strict`` makes it, once for all tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_BUILT: list[Path] = []


def built_site(factory: pytest.TempPathFactory) -> Path:
    """Build the site, and return its folder; the test is skipped where there is no MkDocs."""
    for module in ("mkdocs", "material", "mkdocstrings_handlers.python"):
        pytest.importorskip(module)
    if not _BUILT:
        _BUILT.append(_build(factory.mktemp("site")))
    return _BUILT[0]


def _build(folder: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", ROOT / "mkdocs.yml", "-d", folder],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
