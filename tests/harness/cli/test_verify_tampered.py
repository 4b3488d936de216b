"""``srmetrics verify`` catches what was changed: a digit, a pixel, a file, a line."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
from image_shelf import Shelf, pair_of
from kept_run import change_pixel, exchange, fill, flips, forge, keep, verified

from srmetrics import find_protocol
from srmetrics.errors import FileError, UsageError

TABLES = ("per_image.csv", "leaderboard.csv", "comparisons.csv")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def run(shelf: Shelf) -> Path:
    fill(shelf)
    return keep(shelf)


@pytest.fixture
def rich(shelf: Shelf) -> Path:
    """A run with every kind of column: groups, facets, regions, single channels, digits in names."""
    for at in range(3):
        reference, _ = pair_of(at, (16, 18, 3))
        shelf.put(f"HR/p1_img_{at}.png", reference)
        shelf.put(f"masks/p1_img_{at}.png", (reference[..., 0] > 100).astype(np.uint8) * 255)
        for worse, method in enumerate(("ours", "theirs2"), start=1):
            noise = np.random.default_rng(10 * at + worse).integers(-4 * worse, 4 * worse + 1, reference.shape)
            shelf.put(f"{method}/p1_img_{at}.png", np.clip(reference + noise, 0, 255).astype(np.uint8))
    board = shelf.compare(
        "ours",
        "theirs2",
        protocol=replace(find_protocol("native"), colour="mean-of-channels"),
        masks=shelf.root / "masks",
        metrics=("psnr", "ssim", "mse"),
        group_by="(p1)",
        facets={"number": "([0-9])$"},
        scale=2,
        dataset="set1",
    )
    board.write(shelf.root / "run")
    return shelf.root / "run"


@pytest.mark.parametrize("table", TABLES)
def test_a_flipped_digit_alters_the_file(rich, table) -> None:
    content = (rich / table).read_bytes()
    for at, changed in flips(content, 8, seed=1):
        (rich / table).write_bytes(changed)
        said = verified(rich)
        assert 1 == said.code, (at, content[at - 30 : at + 9])
        assert ("different", "digests", table) in said.findings


@pytest.mark.parametrize("table", TABLES)
def test_a_flipped_digit_is_caught_even_where_the_digest_was_forged(rich, table) -> None:
    content, facts = (rich / table).read_bytes(), (rich / "run.json").read_bytes()
    for at, changed in flips(content, 70 if table == "per_image.csv" else 35, seed=2):
        (rich / table).write_bytes(changed)
        (rich / "run.json").write_bytes(facts)
        forge(rich)
        said = verified(rich)
        assert 1 == said.code, (at, content[at - 30 : at + 9])
        assert "digests" not in {name for _, name, _ in said.findings}


def test_a_flipped_last_digit_is_named_with_its_column_and_both_values(run) -> None:
    lines = (run / "per_image.csv").read_text().splitlines()
    cells = lines[2].split(",")
    digit = int(cells[5][-1])
    true, cells[5] = cells[5], cells[5][:-1] + str(digit + 1 if digit < 9 else 1)
    (run / "per_image.csv").write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]) + "\n")
    forge(run)
    said = verified(run)
    # The leaderboard is that of the images, and is not blamed.
    assert [("different", "per_image.csv", "img_0, theirs, image")] == said.findings
    (cell,) = next(one["cells"] for one in said.answer["verdicts"] if one["row"] == "img_0, theirs, image")
    assert ("psnr", cells[5], true) == (cell["column"], cell["recorded"], cell["recomputed"])
    assert 0 < cell["by"] < 1e-12


def test_without_images_a_forged_leaderboard_does_not_follow_from_its_rows(run) -> None:
    content, facts = (run / "leaderboard.csv").read_bytes(), (run / "run.json").read_bytes()
    for at, changed in flips(content, 30, seed=3):
        (run / "leaderboard.csv").write_bytes(changed)
        (run / "run.json").write_bytes(facts)
        forge(run)
        assert 1 == verified(run, "--digests-only").code, content[at - 30 : at + 9]


@pytest.mark.parametrize("folder", ["HR", "ours"])
def test_one_changed_pixel_is_named_with_what_it_changed(run, folder) -> None:
    change_pixel(run.parent / folder / "img_1.png")
    said = verified(run)
    name = {"HR": "img_1, reference", "ours": "img_1, ours"}[folder]
    rows = {"HR": ["img_1, ours, image", "img_1, theirs, image"], "ours": ["img_1, ours, image"]}[folder]
    expected = [("different", "pixels", name), *(("different", "per_image.csv", row) for row in rows)]
    assert (1, expected) == (said.code, said.findings)
    assert "its pixels are not those that were scored" == said.reason(name)


def test_a_pixel_that_leaves_all_scores_as_they_were_is_caught(shelf) -> None:
    # 3 below the reference and 3 above it give one squared error.
    reference = np.full((20, 20), 100, np.uint8)
    shelf.put("HR/a.png", reference)
    candidate = reference.copy()
    candidate[4, 4] = 97
    shelf.put("ours/a.png", candidate)
    shelf.compare("ours", metrics=["psnr"]).write(shelf.root / "run")
    candidate[4, 4] = 103
    shelf.put("ours/a.png", candidate)
    said = verified(shelf.root / "run")
    assert (1, [("different", "pixels", "a, ours")]) == (said.code, said.findings)


def test_two_exchanged_files_of_a_method_are_named(run) -> None:
    exchange(run.parent / "ours" / "img_0.png", run.parent / "ours" / "img_2.png")
    said = verified(run)
    assert 1 == said.code
    assert said.reason("img_0, ours").endswith("but those of img_2, ours")
    assert said.reason("img_2, ours").endswith("but those of img_0, ours")


def test_a_file_exchanged_with_another_method_is_named(run) -> None:
    exchange(run.parent / "ours" / "img_1.png", run.parent / "theirs" / "img_1.png")
    said = verified(run)
    assert 1 == said.code
    assert said.reason("img_1, ours").endswith("but those of img_1, theirs")
    assert ("different", "per_image.csv", "img_1, theirs, image") in said.findings


def test_a_deleted_line_is_missed_with_and_without_images(run) -> None:
    lines = (run / "per_image.csv").read_text().splitlines(keepends=True)
    (run / "per_image.csv").write_text("".join(lines[:3] + lines[4:]))
    forge(run)
    said = verified(run)
    assert (1, [("different", "per_image.csv", "img_1, ours, image")]) == (said.code, said.findings)
    assert "the row is not in the table" == said.reason("img_1, ours, image")
    shutil.rmtree(run.parent / "HR")
    assert ("different", "per_image.csv", "img_1, ours") in verified(run).findings


def test_lines_that_are_doubled_moved_or_made_up_are_named(run) -> None:
    content = (run / "per_image.csv").read_text()
    lines = content.splitlines(keepends=True)
    for changed, reason in (
        (content + lines[-1], "the row stands there more than once"),
        ("".join([lines[0], *lines[2:], lines[1]]), "rows stand in another order"),
        (content + lines[-1].replace("theirs", "nobody"), "no such row is computed"),
    ):
        (run / "per_image.csv").write_text(changed)
        forge(run)
        said = verified(run)
        assert 1 == said.code
        assert reason in {one["reason"] for one in said.answer["verdicts"]}


def test_failures_are_held_against_what_fails_now(shelf) -> None:
    fill(shelf, images=4)
    (shelf.root / "ours" / "img_0.png").unlink()
    good = (shelf.root / "theirs" / "img_1.png").read_bytes()
    (shelf.root / "theirs" / "img_1.png").write_bytes(b"no image")
    run = keep(shelf)
    assert 0 == verified(run).code
    lines = (run / "failures.csv").read_text().splitlines(keepends=True)
    (run / "failures.csv").write_text("".join(lines[:1]))
    forge(run)
    rows = {row for _, table, row in verified(run).findings if table == "failures.csv"}
    assert {"img_0, ours, missing", "img_1, theirs, unreadable"} == rows
    (run / "failures.csv").write_text("".join(lines))
    forge(run)
    (shelf.root / "theirs" / "img_1.png").write_bytes(good)
    shelf.put("ours/img_0.png", pair_of(0, (18, 20, 3))[0])
    said = verified(run)
    assert "it does not fail now" == said.reason("img_1, theirs, unreadable")
    assert said.reason("img_0, ours, missing").startswith("it has a file now: ")


def test_tables_for_papers_are_checked_too(run) -> None:
    text = (run / "leaderboard.tex").read_text()
    for _, changed in flips(text.encode(), 20, seed=4):
        (run / "leaderboard.tex").write_bytes(changed)
        assert ("different", "leaderboard.tex", "the text") in verified(run).findings


@pytest.mark.parametrize("name", ["leaderboard.md", "leaderboard.tex"])
def test_a_table_for_papers_is_missed_and_checked_under_other_versions_too(run, name) -> None:
    facts = json.loads((run / "run.json").read_text())
    text = (run / name).read_text()
    (run / name).unlink()
    assert [("different", name, "the text")] == verified(run).findings
    (run / name).write_text(text)
    facts["versions"]["numpy"] = "1.0"
    (run / "run.json").write_text(json.dumps(facts))
    assert [] == verified(run).findings
    mean = next(line for line in (run / "leaderboard.csv").read_text().splitlines() if ",ours," in line).split(",")[11]
    shown = f"{float(mean):.3f}"
    assert shown in text
    (run / name).write_text(text.replace(shown, "99.999"))
    said = verified(run)
    assert (1, [("different", name, "the text")]) == (said.code, said.findings)


def test_a_table_for_papers_is_held_against_recorded_means_where_they_are_close(run, monkeypatch) -> None:
    facts = json.loads((run / "run.json").read_text())
    facts["versions"]["numpy"] = "1.0"
    (run / "run.json").write_text(json.dumps(facts))
    table = (run / "leaderboard.csv").read_text().splitlines()
    cells = table[1].split(",")
    column = table[0].split(",").index("ssim")
    then, other = (f"{float(cells[column]) - by:.4f}" for by in (0, 5e-4))
    # Other versions gave another mean, and the texts its rounding.
    for name in ("leaderboard.md", "leaderboard.tex"):
        (run / name).write_text((run / name).read_text().replace(then, other))
    cells[column] = other
    (run / "leaderboard.csv").write_text("\n".join([table[0], ",".join(cells), *table[2:]]) + "\n")
    forge(run)
    found = verified(run).findings
    assert ("different", "leaderboard.csv", "ours, image") in found
    assert ("different", "leaderboard.md", "the text") in found
    # A tolerance so wide that a rounded digit shows it.
    monkeypatch.setattr("harness.jobs.verify.conditions.TOLERANCE", 1e-3)
    assert [("within tolerance", "leaderboard.csv", "ours, image")] == verified(run, "--digests-only").findings


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"srmetrics_version": "0.0.9"}, "signature"),
        ({"signatures": []}, "run.json"),
        ({"seed": 7}, "leaderboard.csv"),
        ({"heading": {"dataset": "other", "scale": None, "degradation": "", "protocol": "native", "average": "image",
                      "dataset_digest": "00"}}, "run.json"),
    ],
)  # fmt: skip
def test_a_run_json_that_contradicts_the_tables_is_named(shelf, change, where) -> None:
    fill(shelf, images=21)  # so many that intervals are drawn, and hang on the seed
    run = keep(shelf)
    facts = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(facts | change))
    said = verified(run)
    assert 1 == said.code
    assert where in {table for status, table, _ in said.findings if status == "different"}


@pytest.mark.parametrize("content", [b"", b"image;group;method\n", b"\xff\xfe\x00", b'"image', b"\x00" * 9])
@pytest.mark.parametrize("table", ["per_image.csv", "leaderboard.csv", "failures.csv"])
def test_a_table_that_is_none_is_different_and_the_rest_is_checked(run, table, content) -> None:
    (run / table).write_bytes(content)
    said = verified(run)
    assert 1 == said.code
    assert ("different", table, "the table") in said.findings
    assert 9 == said.answer["summary"]["pixels"]["identical"]
    (run / table).unlink()
    assert ("different", "digests", table) in verified(run).findings


@pytest.mark.parametrize("content", [None, b"", b'{"schema": 1, "comm', b"[]", b'{"schema": 99}', b"\xff"])
def test_a_run_json_that_is_none_is_an_error_that_names_it(run, content) -> None:
    if content is None:
        (run / "run.json").unlink()
    else:
        (run / "run.json").write_bytes(content)
    with pytest.raises(FileError, match=r"run(\.json)?: "):
        verified(run)


def test_wrong_usage_is_said(srmetrics, run) -> None:
    nowhere = srmetrics("verify", run, "--images", run.parent / "nowhere")
    assert 2 == nowhere.code
    assert "the folder of images is not there; found" in nowhere.err
    with pytest.raises(UsageError, match="Give one of them"):
        verified(run, "--images", run.parent, "--digests-only")
    with pytest.raises(click.UsageError, match="does not exist"):
        verified(run.parent / "nothing")
    (run / "run.json").write_bytes(b"{")
    torn = srmetrics("verify", run)
    assert 1 == torn.code
    assert f"{run / 'run.json'}: the file is torn or is no JSON" in torn.err


def test_a_table_that_the_run_did_not_write_is_not_taken_for_its_own(run) -> None:
    """As of a bench into whose folder a comparison was written."""
    (run / "classification.csv").write_text("arm,accuracy\nours,1.0\n")
    said = verified(run)
    assert (1, [("different", "digests", "classification.csv")]) == (said.code, said.findings)
    assert "the run did not write it" in said.reason("classification.csv")


def test_a_finding_is_one_line_and_names_do_no_harm(srmetrics, shelf) -> None:
    fill(shelf)
    shelf.put("HR/\x1b[31mred\n.png", pair_of(1, (18, 20, 3))[0])
    shelf.put("ours/\x1b[31mred\n.png", pair_of(1, (18, 20, 3))[1])
    shelf.compare("ours").write(shelf.root / "run")
    change_pixel(shelf.root / "ours" / "\x1b[31mred\n.png")
    done = srmetrics("verify", shelf.root / "run")
    assert 1 == done.code
    assert "\x1b" not in done.out
    (line,) = [line for line in done.out.splitlines() if line.startswith("different: pixels")]
    assert r"\x1b[31mred\n, ours: its pixels are not those that were scored" in line
    assert "Next: restore the files" in done.err
