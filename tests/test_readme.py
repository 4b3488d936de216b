"""What the README says runs as it stands."""

from __future__ import annotations

import re
import shlex
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


def shown_commands() -> list[tuple[str, str]]:
    """Each command behind a ``$``, and what is printed below it."""
    found = re.findall(r"^    \$ srmetrics ((?:.*\\\n)*.*)\n((?:    (?!\$ ).*\n)*)", README, re.MULTILINE)
    return [(command.replace("\\\n", " "), printed) for command, printed in found]


def shows(shown: str, printed: str) -> bool:
    """Whether an output has what is shown, in which ``...`` stands for anything; lines may be broken elsewhere."""
    parts = ("".join(part.split()) for part in shown.split("..."))
    return re.search(".*?".join(map(re.escape, parts)), "".join(printed.split())) is not None


def test_every_command_of_the_readme_prints_what_it_shows(tmp_path: Path) -> None:
    run(sys.executable, "-m", "harness", "demo", cwd=tmp_path)
    ran = []
    for command, shown in shown_commands():
        name, *arguments = shlex.split(command)
        done = subprocess.run(
            [sys.executable, "-m", "harness", name, *arguments],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == (3 if name == "diagnose" else 0), done.stdout
        assert shows(shown, done.stdout), f"{command}\n{done.stdout}"
        ran.append(name)
    assert ran == [
        *("compare", "explain", "degrade", "degrade", "audit", "diagnose", "verify", "report", "figure", "cite")
    ]
    board = run(sys.executable, str(ROOT / "examples/tour.py"), cwd=tmp_path)
    assert "26.865" in board
    assert (tmp_path / "run/leaderboard.csv").exists()


def test_another_digit_is_not_what_is_shown() -> None:
    assert shows("a 1.25 ...\nd", "a 1.25 b\nc d e")
    assert not shows("a 1.24 ...\nd", "a 1.25 b\nc d e")


def test_every_page_that_the_readme_names_is_there() -> None:
    named = [part.partition(")")[0] for part in README.split("](")[1:]]
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing
