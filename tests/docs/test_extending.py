"""The pages on extending srmetrics work as they are printed: their files, their changes, their commands."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from page_blocks import Block, apply_change, blocks_of, run
from skimage import data, io

from degradations import imresize

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the pages may change, with two folders of images beside it."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("srmetrics", "degradations", "harness", "reference_outputs", "tests", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in ("HR", "outputs"):
        (tmp_path / folder).mkdir()
    for name, image in {"astronaut": data.astronaut()[:64, 80:160], "coffee": data.coffee()[80:144, 80:160]}.items():
        io.imsave(tmp_path / "HR" / f"{name}.png", image, check_contrast=False)
        io.imsave(tmp_path / "outputs" / f"{name}.png", imresize(imresize(image, 1 / 2), 2), check_contrast=False)
    return tmp_path


def write(block: Block, folder: Path) -> None:
    path = folder / block.title
    if block.language == "diff":
        path.write_text(apply_change(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
    else:
        assert not path.exists(), f"{block.title} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")


def install(package: Path) -> None:
    """What pip makes of the package: metadata with its entry points, beside its module."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = package / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def follow(page: str, folder: Path) -> dict[str, str]:
    """Do what a page says, in its order; return what each of its programs and commands printed."""
    printed = {}
    blocks = blocks_of(ROOT / "docs" / page)
    for block in blocks:
        if block.title:
            write(block, folder)
        commands = [command for command, _ in block.commands()] if block.language == "console" else []
        if block.language == "python" and "/" not in block.title:
            commands = [f"python {block.title}"]
        for command in commands:
            if command.startswith("pip install "):
                install(folder / command.removeprefix("pip install "))
                continue
            done = run(command, folder, folder, folder / "my_package")
            assert done.returncode == 0, f"{command}\n{done.stdout}"
            printed[command] = done.stdout
    ours = ("srmetrics", "degradations", "harness", "tests")
    inside = " ".join(block.title for block in blocks if block.title.startswith(ours) and block.title.endswith(".py"))
    for command in (f"ruff check {inside}", f"ruff format --check {inside}") if inside else ():
        done = run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
    return printed


def test_the_page_on_metrics_adds_one_that_the_command_line_ranks(copy: Path) -> None:
    printed = follow("add-a-metric.md", copy)
    tests, table = printed.values()
    assert "passed" in tests
    assert "skipped" not in tests
    assert "SPECTRAL-ANGLE ↓" in table


def test_the_page_on_presets_adds_one_that_can_be_explained(copy: Path) -> None:
    program, *tests, explained = follow("add-a-preset.md", copy).values()
    assert program.startswith("ssim|colour:y-bt601|")
    assert "window:uniform-7" in program
    assert all("passed" in each for each in tests)
    assert "rgb2ycbcr" in explained


def test_the_page_on_recipes_adds_one_and_changes_no_other(copy: Path) -> None:
    before = (copy / "reference_outputs/degradations/digests.csv").read_text(encoding="utf-8").splitlines()
    printed = follow("add-a-recipe.md", copy)
    assert printed["python my_recipe.py"].startswith("(128, 128, 3) my-camera-x4@1 ['to-float', 'resize-matlab', ")
    assert "binned-x4@1" in printed["srmetrics recipes binned-x4"]
    after = (copy / "reference_outputs/degradations/digests.csv").read_text(encoding="utf-8").splitlines()
    draws = [",".join(line.split(",")[:5]) for line in after]  # pixels were recorded under other versions, perhaps
    new = [line for line in draws if line.startswith("binned-x4@1,")]
    assert len(new) == 6
    assert [line for line in draws if line not in new] == [",".join(line.split(",")[:5]) for line in before]


def test_the_page_on_upscalers_adds_kinds_that_a_bench_runs(copy: Path) -> None:
    printed = follow("add-an-upscaler.md", copy)
    assert printed["python my_function.py"] == "(1024, 1024) uint8 repeat\n"
    tables = [text for command, text in printed.items() if command.startswith("srmetrics bench")]
    assert len(tables) == 2
    assert "│ mine " in tables[0]
    assert "│ brighter " in tables[1]


def test_a_change_that_does_not_fit_is_no_change() -> None:
    assert apply_change("a\nb\nc\n", " a\n-b\n+B\n") == "a\nB\nc\n"
    with pytest.raises(AssertionError, match="found 0 times"):
        apply_change("a\nb\n", "-c\n")
    with pytest.raises(AssertionError, match="found 2 times"):
        apply_change("b\nb\n", "-b\n")
