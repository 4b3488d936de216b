"""Which folders are looked into for the images of a location."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.images import lies_among


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("HR/x4/a.png", "SR/a.png", "mat/a.mat"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("HR", target_is_directory=True)
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "location", "expected"),
    [
        ("HR", "HR", True),
        ("HR/", "./HR", True),
        ("HR/run/deep", "HR", True),  # a folder is read with its subfolders
        ("link", "HR", True),
        ("link/run", "HR", True),
        ("SR/../HR", "HR", True),
        ("HRun", "HR", False),
        (".", "HR", False),  # it holds the folder, and is not looked into
        ("HR/x4", "HR/*/*.png", True),
        ("HR/x4", "HR/**/*.png", True),
        ("HR", "HR/*/*.png", False),
        ("HR/run", "HR/*/*.png", False),
        ("HR/x4", "HR/x4/a.png", False),  # one file: nothing else is looked for
        ("mat", "mat::field", True),
        ("mat", "mat/*.mat::field", True),
        ("mat", "mat/a.mat::field", False),
        ("SR", "nothing", False),
        ("SR", "SR/*.bmp", False),
        ("SR", "auto:otsu", False),
    ],
)
def test_a_folder_lies_among_images_where_they_are_looked_for(
    here: Path, folder: str, location: str, expected: bool
) -> None:
    assert expected is lies_among(folder, location)
