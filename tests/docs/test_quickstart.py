"""Every command of the quickstart prints what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

from page_blocks import blocks_of, differences, run

ROOT = Path(__file__).parents[2]


def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    ran = []
    for block in blocks_of(ROOT / "docs/quickstart.md"):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
        for command, printed in block.commands() if block.language == "console" else ():
            done = run(command, tmp_path, ROOT)
            assert done.returncode == 0, f"{command}\n{done.stdout}"
            assert printed.strip(), f"the page does not show what {command} prints"
            assert differences(printed, done.stdout) == "", command
            ran.append(command.split()[1])
    assert {"demo", "compare", "explain", "verify", "cite", "degrade", "bench", "score.py"} <= set(ran)


def test_no_command_stands_where_it_is_not_run() -> None:
    page = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
    assert re.findall(r"^    srmetrics .*", page, re.MULTILINE) == []


def test_a_wrong_digit_or_a_line_too_many_is_a_difference() -> None:
    assert differences("a ...\n1.25\n", "a b c\n1.25   \n") == ""
    assert "1.24" in differences("a ...\n1.24\n", "a b c\n1.25\n")
    assert "more" in differences("1.25\n", "1.25\nmore\n")
