"""The command's front: help that shows how, near names, explanations that can be cited."""

from __future__ import annotations

import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from harness.cli.main import COMMANDS, cli
from srmetrics import PRESETS
from srmetrics.version import VERSION


def invoke(*arguments: str):
    return CliRunner().invoke(cli, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_shows_an_example_that_can_be_typed(name: str) -> None:
    done = invoke(name, "--help")
    assert 0 == done.exit_code
    assert "Example" in done.output
    assert f"srmetrics {name}" in done.output.partition("Example")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_says_what_each_option_does_and_what_the_exit_codes_mean(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [] == [each.opts for each in options if not each.help]
    assert "Exit codes: 0 " in invoke(name, "--help").output


@pytest.mark.parametrize("name", COMMANDS)
def test_help_holds_no_character_that_acts_on_a_terminal(name: str) -> None:
    assert not [letter for letter in invoke(name, "--help").output if letter < " " and letter != "\n"]


def test_the_examples_of_explain_can_be_typed() -> None:
    examples = invoke("explain", "--help").output.partition("Examples:")[2].partition("Exit codes")[0]
    lines = [shlex.split(line) for line in examples.splitlines() if line.strip()]
    assert 2 == len(lines)
    for command, *arguments in lines:
        assert ("srmetrics", 0) == (command, invoke(*arguments).exit_code), arguments


def test_a_name_after_protocols_is_answered_with_the_command_that_takes_one() -> None:
    done = invoke("protocols", "sr-y")
    assert 2 == done.exit_code
    assert "srmetrics explain sr-y" in done.output


def test_the_overview_names_every_command_and_where_to_start() -> None:
    done = invoke("--help")
    assert all(name in done.output for name in COMMANDS)
    assert "srmetrics demo" in done.output
    assert f"srmetrics {VERSION}\n" == invoke("--version").output


def test_the_overview_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom harness.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "found = {'numpy', 'cv2', 'scipy', 'torch', 'pandas', 'rich'} & set(sys.modules)\n"
        "assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr


def test_a_near_name_is_suggested_and_all_are_listed_where_none_is_near(srmetrics) -> None:
    near, far = srmetrics("compar"), srmetrics("xyz")
    assert (2, 2) == (near.code, far.code)
    assert "Did you mean 'compare'?" in near.err
    assert "compare, degrade" in far.err


def test_an_error_cannot_act_on_the_terminal_through_a_files_name(srmetrics, tmp_path) -> None:
    done = srmetrics("explain", "\x1b[31mred\x07")
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "\\x1b[31mred" in done.err


def test_protocols_lists_every_preset_with_what_it_is_held_to() -> None:
    words = " ".join(invoke("protocols").output.replace("┃", " ").replace("│", " ").split())
    for preset in PRESETS.values():
        assert preset.name in words
    assert "MATLAB, per image, on RCAN's outputs" in words


def test_explain_says_what_a_preset_computes_with_citations() -> None:
    words = " ".join(invoke("explain", "sr-y").output.split())
    assert "studio-range Y (16-235) of ITU-R BT.601" in words
    assert "IEEE Transactions on Image Processing 13(4):600-612, 2004" in words
    for name in PRESETS:
        assert 0 == invoke("explain", name).exit_code


def test_explain_reads_the_signature_that_a_run_printed(srmetrics, folders) -> None:
    import csv
    import io

    done = srmetrics("compare", folders.references, folders.outputs, *("--protocol", "sr-y", "--scale", 3),
                     *("--format", "csv"))  # fmt: skip
    (line,) = csv.DictReader(io.StringIO(done.out))
    words = " ".join(invoke("explain", line["signature"]).output.split())
    assert "3 pixels" in words
    assert "255" in words


def test_an_unknown_preset_exits_with_two_and_a_suggestion(srmetrics) -> None:
    done = srmetrics("explain", "sr-x")
    assert 2 == done.code
    assert "sr-y" in done.err
