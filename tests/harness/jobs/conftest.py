"""The folder that tests of jobs fill."""

from __future__ import annotations

from pathlib import Path

import pytest
from image_shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty place for folders of images."""
    return Shelf(tmp_path)
