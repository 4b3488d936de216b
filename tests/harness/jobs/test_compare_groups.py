"""Groups, facets, missing images and baselines: what a mean is over, and what a test counts."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from image_shelf import pair_of, per_image, psnr, table

from harness.engine.row import Row
from harness.leaderboard.build import build_rows
from harness.leaderboard.to_csv import comparisons_csv
from srmetrics.errors import FileError, PairingError, UsageError

if TYPE_CHECKING:
    from image_shelf import Shelf

NAMES = ("p1_a", "p1_b", "p1_c", "p2_a", "p3_a", "p3_b")


def filled(shelf: Shelf, *methods: str) -> dict[str, list[float]]:
    """Write six images of three patients by each method, and return the PSNR of each."""
    found: dict[str, list[float]] = {method: [] for method in methods}
    for seed, name in enumerate(NAMES):
        reference, _ = pair_of(seed, (16, 16))
        shelf.put(f"HR/{name}.png", reference)
        for place, method in enumerate(methods):
            noise = np.random.default_rng((seed, place)).integers(-3 - 4 * place - seed, 4 + 4 * place + seed, (16, 16))
            candidate = np.clip(reference.astype(int) + noise, 0, 255).astype(np.uint8)
            shelf.put(f"{method}/{name}.png", candidate)
            found[method].append(psnr(reference, candidate))
    return found


@pytest.mark.parametrize("suffix", ["", ".png"])
def test_a_table_and_an_expression_group_alike_and_set_the_unit(shelf: Shelf, suffix: str) -> None:
    scores = np.array(filled(shelf, "ours")["ours"])
    paper = shelf.root / "groups.csv"
    paper.write_text("\n".join(["image,group", *(f"{name}{suffix},{name[:2]}" for name in NAMES)]))
    by_table, by_expression = (shelf.compare(group_by=by, metrics=["psnr"]) for by in (paper, r"^(p\d)_"))
    assert per_image(by_table) == per_image(by_expression)
    assert [name[:2] for name in NAMES] == [row["group"] for row in per_image(by_table)]
    (line,) = table(by_table)
    # Three units are too few for an interval, six are not: the group is the unit.
    assert ("6", "3", "image", "") == tuple(line[name] for name in ("n_images", "n_groups", "average", "psnr_ci_low"))
    assert scores.mean() == pytest.approx(float(line["psnr"]), abs=1e-10)
    assert table(shelf.compare(metrics=["psnr"]))[0]["psnr_ci_low"]
    (line,) = table(shelf.compare(group_by=r"^(p\d)_", average="group", metrics=["psnr"]))
    groups = [scores[:3].mean(), scores[3], scores[4:].mean()]
    assert ("group", pytest.approx(np.mean(groups), abs=1e-10)) == (line["average"], float(line["psnr"]))


def test_tests_count_groups_and_not_images(shelf: Shelf) -> None:
    filled(shelf, "ours", "theirs")
    board = shelf.compare("ours", "theirs", group_by=r"^(p\d)_", metrics=["psnr"])
    tests = list(csv.DictReader(io.StringIO(comparisons_csv(board))))
    assert {"3"} == {test["units"] for test in tests}
    # All three units differ in one sense: of 2^3 signs two are as extreme.
    assert {0.25} == {float(test["p"]) for test in tests}
    assert "undecided" in {row["psnr_vs_best"] for row in table(board)}


def test_a_table_that_lacks_an_image_or_gives_it_two_groups_is_refused(shelf: Shelf) -> None:
    filled(shelf, "ours")
    paper = shelf.root / "groups.csv"
    paper.write_text("image,group\np1_a,p1\n")
    with pytest.raises(PairingError, match="5 of 6"):
        shelf.compare(group_by=paper)
    paper.write_text("image,group\np1_a,p1\np1_a.png,p2\n")
    with pytest.raises(FileError, match="two groups"):
        shelf.compare(group_by=paper)
    paper.write_text("name,patient\n")
    with pytest.raises(FileError, match="found name, patient; expected image,group"):
        shelf.compare(group_by=paper)
    with pytest.raises(UsageError, match="one group"):
        shelf.compare(group_by="p(.)(.)")


def test_a_table_that_is_not_there_is_said_in_words_with_the_way_out(shelf: Shelf) -> None:
    filled(shelf, "ours")
    with pytest.raises(FileError) as caught:
        shelf.compare(group_by="groups.csv")
    said = str(caught.value)
    assert said.startswith("groups.csv: the CSV of groups cannot be read; found No such file or directory; expected")
    assert "--group-by" in said
    assert "Errno" not in said
    paper = shelf.root / "groups.tsv"
    paper.write_text("image\tgroup\n")
    with pytest.raises(UsageError, match=r"a file that is no CSV by its name; found '.*groups\.tsv'"):
        shelf.compare(group_by=paper)


def test_a_facet_is_a_column_and_empty_where_it_is_not_found(shelf: Shelf) -> None:
    filled(shelf, "ours")
    board = shelf.compare(facets={"cut": "_([ab])$", "patient": "p([0-9])"}, metrics=["psnr"])
    assert [("a", "1"), ("b", "1"), ("", "1"), ("a", "2"), ("a", "3"), ("b", "3")] == [
        (row["cut"], row["patient"]) for row in per_image(board)
    ]
    with pytest.raises(UsageError, match="column"):
        shelf.compare(facets={"method": "(.)"})


def test_missing_images_leave_the_mean_of_all_by_default_and_are_kept_when_asked(shelf: Shelf) -> None:
    scores = filled(shelf, "ours", "theirs")
    (shelf.root / "theirs" / "p2_a.png").unlink()
    common = shelf.compare("ours", "theirs", metrics=["psnr"])
    kept = [0, 1, 2, 4, 5]
    expected = {method: np.mean([values[at] for at in kept]) for method, values in scores.items()}
    assert expected == pytest.approx({row["method"]: float(row["psnr"]) for row in table(common)}, abs=1e-10)
    assert {"5"} == {row["n_images"] for row in table(common)}
    assert (3, ["missing"]) == (common.exit_code, [failure.what for failure in common.failures])
    assert any("left out of the means" in note and "p2_a" in note for note in common.notes)
    own = shelf.compare("ours", "theirs", metrics=["psnr"], on_missing="own")
    assert {"ours": "6", "theirs": "5"} == {row["method"]: row["n_images"] for row in table(own)}
    assert np.mean(scores["ours"]) == pytest.approx(float(table(own)[0]["psnr"]), abs=1e-10)
    # The data set of the common means is another one than that of the own ones.
    assert common.heading.dataset_digest != own.heading.dataset_digest
    (shelf.root / "HR" / "p2_a.png").unlink()
    (shelf.root / "ours" / "p2_a.png").unlink()
    assert common.heading.dataset_digest == shelf.compare("ours", "theirs", metrics=["psnr"]).heading.dataset_digest


def test_missing_images_stop_everything_when_that_is_asked_for(shelf: Shelf) -> None:
    filled(shelf, "ours")
    (shelf.root / "ours" / "p2_a.png").unlink()
    with pytest.raises(PairingError, match="'p2_a'"):
        shelf.compare(on_missing="error")


def test_a_metric_that_one_method_lacks_for_an_image_is_left_out_of_all_means() -> None:
    rows = [
        Row(image, "", method, "image", 9, {"psnr": 30.0 + at, "ssim": ssim}, "colour:x|v:0.1.0")
        for method, scores in (("a", (0.5, 0.7, 0.9)), ("b", (0.6, 0.8, math.nan)))
        for at, (image, ssim) in enumerate(zip("xyz", scores, strict=True))
    ]
    for rule, mean_of_a in (("common", 0.6), ("own", 0.7)):
        board, _ = build_rows(rows, ("psnr", "ssim"), methods=["a", "b"], on_missing=rule)
        assert [mean_of_a, 0.7] == pytest.approx([row.cells["ssim"].summary.mean for row in board])
        assert [31.0, 31.0] == [row.cells["psnr"].summary.mean for row in board]


def test_the_baseline_is_a_family_of_its_own_and_must_be_a_method(shelf: Shelf) -> None:
    filled(shelf, "ours", "theirs", "third")
    board = shelf.compare("ours", "theirs", "third", baseline="theirs", metrics=["psnr"])
    tests = list(csv.DictReader(io.StringIO(comparisons_csv(board))))
    assert {("ours", "theirs"), ("third", "theirs")} == {
        (test["method_a"], test["method_b"]) for test in tests if test["family"] == "baseline"
    }
    with pytest.raises(UsageError, match="baseline"):
        shelf.compare(baseline="nobody")


def test_the_seed_changes_the_bootstrap_alone(shelf: Shelf) -> None:
    for seed in range(20):
        reference, candidate = pair_of(seed, (12, 12))
        shelf.put(f"HR/{seed:02}.png", reference)
        shelf.put(f"ours/{seed:02}.png", candidate)
    first, again, other = (table(shelf.compare(metrics=["psnr"], seed=seed))[0] for seed in (0, 0, 1))
    assert first == again
    assert {"psnr_ci_low", "psnr_ci_high"} >= {name for name in first if first[name] != other[name]} > set()
