"""What the README says runs as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_two_commands_stand_at_the_top() -> None:
    indented = [line.strip() for line in README.splitlines()[:12] if line.startswith("    ")]
    assert indented == ["pip install . && srmetrics demo", "pip install -e '.[all,test]' && pytest"]


def test_the_python_of_the_readme_is_the_example() -> None:
    assert README.partition("```python\n")[2].partition("```")[0] == (ROOT / "examples/tour.py").read_text(
        encoding="utf-8"
    )


def test_the_tour_gives_what_the_readme_shows(tmp_path: Path) -> None:
    run(sys.executable, "-m", "harness", "demo", cwd=tmp_path)
    command = README.partition("$ srmetrics compare ")[2].partition("\n    HR x4")[0].replace("\\\n", " ").split()
    shown = run(sys.executable, "-m", "harness", "compare", *command, cwd=tmp_path)
    for row in (
        "│ bicubic │ 8 │    26.671 │ [23.298, 30.045] │ 0.7501 │",
        "│ ours    │ 8 │    26.865 │ [23.447, 30.282] │",
    ):
        assert row in README
        assert row in shown
    for name, said in (
        ("audit", "Found: sr-y gives it (26.6711 dB / 0.750097)."),
        ("diagnose", "WARNING  5 of 8 references were JPEGs before"),
        ("verify", "All holds: every digest, row and score is what the run recorded."),
        ("figure", ""),
        ("cite", ""),
    ):
        command = README.partition(f"$ srmetrics {name} ")[2].partition("\n")[0].split()
        done = subprocess.run(
            [sys.executable, "-m", "harness", name, *command],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == (3 if name == "diagnose" else 0), done.stderr
        assert said in README
        assert said in done.stdout
    board = run(sys.executable, str(ROOT / "examples/tour.py"), cwd=tmp_path)
    assert "26.865" in board
    assert (tmp_path / "run/leaderboard.csv").exists()


def test_every_page_that_the_readme_names_is_there() -> None:
    named = [part.partition(")")[0] for part in README.split("](")[1:]]
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing
