"""What the command prints, in five forms, and what it exits with."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import pytest


def compare(srmetrics, folders, *options):
    return srmetrics("compare", folders.references, folders.outputs, *options)


def test_the_forms_hold_the_same_numbers_and_nothing_else_goes_to_standard_output(srmetrics, folders) -> None:
    done = {form: compare(srmetrics, folders, "--format", form) for form in ("csv", "json", "markdown", "latex")}
    assert {0} == {one.code for one in done.values()}
    (line,) = csv.DictReader(io.StringIO(done["csv"].out))
    (row,) = json.loads(done["json"].out)["leaderboard"]
    assert float(line["psnr"]) == row["metrics"]["psnr"]["mean"]
    rounded = f"{float(line['psnr']):.3f}"
    assert f"| ours | 3 | {rounded} |" in done["markdown"].out
    assert f"ours & 3 & {rounded} &" in done["latex"].out
    table = compare(srmetrics, folders)
    assert rounded in table.out
    assert line["signature"] in table.out.replace("\n ", "").replace(" ", "")
    assert "--out DIR" in table.err
    # A pipe gets no progress bar and no colours.
    for one in (table, *done.values()):
        assert "Scoring" not in one.out + one.err
        assert "\x1b" not in one.out + one.err


def test_a_pair_of_files_is_compared_and_a_method_may_be_named(srmetrics, folders) -> None:
    done = srmetrics("compare", folders.references / "a.png", f"mine={folders.outputs / 'b.png'}", "--format", "csv")
    (line,) = csv.DictReader(io.StringIO(done.out))
    assert (0, "mine", "1", "a") == (done.code, line["method"], line["n_images"], line["dataset"])


def test_every_repeatable_option_may_be_repeated(srmetrics, folders) -> None:
    done = compare(
        *(srmetrics, folders, "--metric", "mse", "--metric", "mae", "--facet", "first=^(a)", "--facet", "any=(.)"),
        *("--out", folders.out),
    )
    assert 0 == done.code
    with (folders.out / "per_image.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert ["image", "group", "first", "any", "method", "region", "n_pixels", "mse", "mae"] == list(rows[0])[:9]
    assert [("a", "a"), ("", "b"), ("", "c")] == [(row["first"], row["any"]) for row in rows]
    names = {"leaderboard.csv", "leaderboard.md", "leaderboard.tex", "per_image.csv", "comparisons.csv"}
    assert names | {"failures.csv", "run.json"} == {path.name for path in folders.out.iterdir()}


def test_a_table_is_printed_even_where_its_files_cannot_be_written(srmetrics, folders) -> None:
    (folders.out.parent / "file").write_text("in the way")
    done = compare(srmetrics, folders, "--out", folders.out.parent / "file" / "run")
    assert 1 == done.code
    assert "cannot be written" in done.err
    assert "ours" in done.out


def test_a_page_of_an_earlier_run_is_not_left_beside_new_tables_in_silence(srmetrics, folders) -> None:
    assert "earlier run" not in compare(srmetrics, folders, "--out", folders.out).err
    (folders.out / "report").mkdir()
    (folders.out / "report" / "index.html").touch()
    done = compare(srmetrics, folders, "--out", folders.out)
    assert 0 == done.code
    assert "report/ is of an earlier run; --report writes it anew" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ("--data-range", "0"),
        ("--window", "40"),
        ("--labels", "²=x", "--masks", "auto:otsu"),
        ("--facet", "x"),
        ("--facet", "image=(.)"),
        ("--masking", "none", "--masks", "auto:otsu"),
        ("--align", "stretch"),
        ("--format", "html"),
        ("--unknown",),
    ],
)
def test_wrong_usage_exits_with_two(srmetrics, folders, options) -> None:
    assert 2 == compare(srmetrics, folders, *options).code


def test_names_that_act_on_a_terminal_are_spelt_out(srmetrics, folders) -> None:
    shutil.copy(folders.references / "a.png", folders.references / "x\x1b[31m\nred.png")
    done = compare(srmetrics, folders)
    assert 3 == done.code
    assert r"x\x1b[31m\nred" in done.err


def test_names_that_the_terminal_cannot_show_do_not_stop_the_command(folders) -> None:
    strange = folders.outputs.parent / "méthode-画像"
    folders.outputs.rename(strange)
    done = subprocess.run(
        [sys.executable, "-m", "harness", "compare", folders.references, strange],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    assert rb"m\xe9thode" in done.stdout


@pytest.mark.parametrize("form", ["table", "csv"])
def test_that_the_reader_of_a_pipe_leaves_changes_no_exit_code(folders, form) -> None:
    command = f"'{sys.executable}' -m harness compare {folders.references} {folders.outputs} --format {form}"
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout == "0\n"
