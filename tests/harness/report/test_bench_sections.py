"""What the page of a bench says and draws: its tables' numbers, their captions, and the edges of what a bench is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn_bench import Drawn, bench_folder
from matplotlib.figure import Figure

from harness.jobs.run_folder import RunFolder
from harness.report.bench_rows import read_rows
from harness.report.bench_scatter import Place
from harness.report.bench_sections import bench_sections
from harness.report.bench_trades import cost_charts
from harness.report.bench_words import decimals, percent
from harness.report.section import Cell, Chart, Section, Table
from srmetrics.errors import FileError

EVERY = ["warnings", "standings", "trades", "flips", "confusion", "classes", "curves", "class-curves", "cost"]


def by_id(sections: list[Section]) -> dict[str, Section]:
    return {section.id.removeprefix("bench-"): section for section in sections}


def charts_of(*sections: Section) -> list[Chart]:
    found: list[Chart] = []
    for section in sections:
        for part in section.parts:
            found += part if isinstance(part, tuple) else [part] if isinstance(part, Chart) else []
    return found


def tables_of(section: Section) -> list[Table]:
    return [part for part in section.parts if isinstance(part, Table)]


def text(cell: str | Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def words(section: Section) -> str:
    return " ".join(part for part in section.parts if isinstance(part, str))


def said(section: Section) -> str:
    return " ".join([words(section), *(chart.caption for chart in charts_of(section))])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return bench_folder(tmp_path_factory.mktemp("bench"), Drawn())


@pytest.fixture(scope="module")
def sections(run: RunFolder) -> dict[str, Section]:
    return by_id(bench_sections(run))


def test_a_bench_has_every_section_but_warnings_when_there_is_nothing_to_warn_of(sections: dict[str, Section]) -> None:
    assert list(sections) == EVERY[1:]


def test_every_chart_says_what_it_shows_and_brings_its_numbers(sections: dict[str, Section]) -> None:
    charts = charts_of(*sections.values())
    ids = [chart.id for chart in charts]
    assert len(set(ids)) == len(ids)
    for chart in charts:
        assert re.fullmatch(r"[a-z0-9-]+", chart.id)
        assert re.search(r"\d|no|one|best|worth", chart.description, re.IGNORECASE), chart.description
        assert chart.width <= 360  # fits a telephone
        # The table above the chart of accuracies is its data table.
        assert chart.data is not None or chart.id.startswith("accuracy-")


def test_the_leaderboard_is_the_tables_numbers_in_percent_the_best_first(
    run: RunFolder, sections: dict[str, Section]
) -> None:
    (table,) = tables_of(sections["standings"])
    rows = {row["arm"]: row for row in run.table("classification.csv")}
    shown = [text(row[0]) for row in table.rows]
    assert shown == sorted(rows, key=lambda arm: -float(rows[arm]["accuracy"]))
    for line in table.rows:
        row = rows[text(line[0])]
        accuracy, balanced, loss = line[1], line[3], line[7]
        assert isinstance(accuracy, Cell)
        assert isinstance(loss, Cell)
        assert accuracy.text == f"{100 * float(row['accuracy']):.1f}"
        ends = [f"{100 * float(row[f'accuracy_ci_{end}']):.1f}" for end in ("low", "high")]
        assert accuracy.note.endswith(f"[{ends[0]}, {ends[1]}]")
        assert accuracy.best == (row["accuracy_rank"] == "1")
        assert accuracy.note.startswith("†") == (row["accuracy_vs_best"] == "tied")
        assert text(balanced) == f"{100 * float(row['balanced_accuracy']):.1f}"
        assert loss.best == (row["loss_rank"] == "1")


def test_confusions_hold_the_counts_of_all_repeats_and_say_so(run: RunFolder, sections: dict[str, Section]) -> None:
    chart = next(chart for chart in charts_of(sections["confusion"]) if chart.title.startswith("lr "))
    assert chart.data is not None
    lines = [row for row in run.table("confusion.csv") if row["arm"] == "lr"]
    for row in chart.data.rows:
        of_class = [line for line in lines if line["label"] == text(row[0])]
        expected = [
            sum(int(line["n_images"]) for line in of_class if line["predicted"] == column.title)
            for column in chart.data.columns[1:]
        ]
        assert [int(text(cell)) for cell in row[1:]] == expected
        assert sum(expected) == 16  # eight test images of each class, in two repeats
        assert [cell.note for cell in row[1:] if isinstance(cell, Cell)] == [
            f"{100 * count / 16:.1f} %" for count in expected
        ]
    assert "2 repeats are summed" in said(sections["confusion"])
    assert "counts as often" in words(sections["confusion"])


def test_curves_say_what_the_band_is_and_carry_the_tables_areas(run: RunFolder, sections: dict[str, Section]) -> None:
    assert "lowest and the highest of the 2 repeats" in words(sections["curves"])
    rows = {row["arm"]: row for row in run.table("classification.csv")}
    for chart in charts_of(sections["curves"]):
        row = rows[chart.title.split(" ")[0]]
        assert f"{float(row['auroc']):.3f} under the ROC curve" in chart.description
        assert f"{float(row['auprc']):.3f} under the precision-recall curve" in chart.description
    assert [chart.title for chart in charts_of(sections["class-curves"])] == [
        f"Class {name} (default, retrain)" for name in "abc"
    ]


def test_flips_are_the_tables_and_split_into_their_kinds(run: RunFolder, sections: dict[str, Section]) -> None:
    (chart,) = charts_of(sections["flips"])[:1]
    assert chart.data is not None
    rows = {row["arm"]: row for row in run.table("classification.csv")}
    for line in chart.data.rows:
        flips, lost, gained, other = (float(text(cell)) for cell in line[1:5])
        row = rows[text(line[0])]
        assert (flips, lost, gained) == tuple(float(row[name]) for name in ("flips", "flips_lost", "flips_gained"))
        assert flips == pytest.approx(lost + gained + other)
        assert len(text(line[5]).split(", ")) == 2  # McNemar's p of each repeat, never pooled


def test_the_recovered_fraction_is_the_tables_where_the_gap_is_sure(tmp_path: Path) -> None:
    drawn = Drawn(arms=("hr", "lr", "half"), strength={"hr": 5, "lr": 0, "half": 0.5}, repeats=1, cost=False)
    run = bench_folder(tmp_path, drawn)
    (row,) = [row for row in run.table("classification.csv") if row["arm"] == "half"]
    section = by_id(bench_sections(run))["flips"]
    chart = charts_of(section)[-1]
    assert chart.data is not None
    ((name, cell),) = chart.data.rows
    share = f"{100 * float(row['recovered']):.1f}"
    low, high = (f"{100 * float(row[f'recovered_ci_{end}']):.1f}" for end in ("low", "high"))
    assert isinstance(cell, Cell)
    assert (text(name), cell.text, cell.note) == ("half", share, f"[{low}, {high}]")
    assert chart.description == f"Of the accuracy that is lost from HR to LR, half gives back most: {share} %."
    assert words(section) == ""  # nothing is left without a fraction


def test_without_a_sure_gap_no_fraction_is_given_and_the_reason_is(sections: dict[str, Section]) -> None:
    assert re.match(
        r"Recovered fraction of bicubic and lanczos: no gap: the gap .* is not sure", words(sections["flips"])
    )


def test_costs_are_set_against_quality_and_accuracy_where_they_tell_methods_apart(
    sections: dict[str, Section],
) -> None:
    titles = [chart.title for chart in charts_of(sections["cost"])]
    assert titles == [
        "PSNR against parameters",
        "Accuracy (default, retrain) against parameters",
        "PSNR against seconds per megapixel",
        "Accuracy (default, retrain) against seconds per megapixel",
    ]
    psnr = charts_of(sections["cost"])[0]
    assert psnr.description.endswith("bicubic and lanczos.")  # dearer, and better
    assert "Zeros stand at the left end" in psnr.caption


def test_an_accuracy_is_drawn_between_0_and_100_against_costs_too(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_rows(run)
    wide = tuple({**row, "accuracy_ci_low": "-0.05", "accuracy_ci_high": "1.09"} for row in rows.classification)
    drawn: list[Mapping[str, Place]] = []

    def scatter(figure: Figure, points: Mapping[str, Place], *rest: object, **settings: object) -> None:
        drawn.append(points)

    monkeypatch.setattr("harness.report.bench_trades.scatter", scatter)
    charts = cost_charts(replace(rows, classification=wide), run.metrics, run.methods, "cost")
    accuracies = [points for points, chart in zip(drawn, charts, strict=True) if chart.title.startswith("Accuracy")]
    assert accuracies
    assert {(0.0, 100.0)} == {(y.low, y.high) for points in accuracies for _, y in points.values()}


def test_what_holds_for_all_charts_and_families_is_said_once(tmp_path: Path) -> None:
    drawn = Drawn(images=8, groups=4, modes=2, unsplittable={"z": "1 image for 2 parts"})
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    for name, sentence in (
        ("trades", "A few methods show no law."), ("confusion", "2 repeats are summed."), ("classes", "of it: z."),
        ("curves", "Each class against the rest;"), ("class-curves", "HR: the solid dark line."),
        ("cost", "Costs stand on a logarithmic scale."),
    ):  # fmt: skip
        assert said(sections[name]).count(sentence) == 1, name


def test_negative_ends_of_intervals_have_a_true_minus_sign() -> None:
    assert decimals(-0.0529, 3) == "−0.053"
    assert decimals(-0.0001, 3) == "0.000"
    assert percent(-0.05) == "−5.0"


def test_accuracy_against_quality_says_in_how_many_pairs_they_disagree(sections: dict[str, Section]) -> None:
    psnr, ssim = charts_of(sections["trades"])
    assert re.search(r"In [01] of 1 pairs of methods the one with better PSNR has worse accuracy", psnr.description)
    assert "SSIM" in ssim.description


def test_one_repeat_two_classes_and_no_cost(tmp_path: Path) -> None:
    drawn = Drawn(arms=("hr", "lr", "only"), classes=("no", "yes"), repeats=1, images=8, groups=4, cost=False)
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    assert list(sections) == [name for name in EVERY if name != "cost"]
    assert "One repeat" in words(sections["warnings"])
    assert "no band" in words(sections["curves"])
    assert "One repeat." in said(sections["confusion"])
    assert "one method" in charts_of(sections["trades"])[0].description
    (table,) = tables_of(sections["standings"])
    assert {text(row[2]) for row in table.rows} == {"–"}  # no spread of one repeat


def test_a_test_part_of_one_class_has_no_curves_and_says_so(tmp_path: Path) -> None:
    drawn = Drawn(arms=("hr", "lr", "only"), tested=("b",), images=8, groups=2, cost=False)
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    assert "every test image is of one class" in words(sections["curves"])
    assert "class-curves" not in sections
    (table,) = tables_of(sections["standings"])
    assert {text(row[5]) for row in table.rows} == {"–"}  # AUROC
    assert "No test image of a and c" in said(sections["confusion"])
    assert "no recall or F1: a and c" in words(sections["classes"])


def test_predictions_without_probabilities_have_no_curves_and_say_so(tmp_path: Path) -> None:
    run = bench_folder(tmp_path, Drawn(arms=("hr", "only"), images=8, groups=2, cost=False))
    file = tmp_path / "predictions.csv"
    lines = file.read_text("utf-8").splitlines()
    blank = [lines[0], *(",".join([*line.split(",")[:-3], "", "", ""]) for line in lines[1:])]
    file.write_text("\n".join(blank) + "\n", "utf-8")
    sections = by_id(bench_sections(run))
    assert "hold no probabilities" in words(sections["curves"])
    assert "class-curves" not in sections


def test_a_bench_without_classifiers_has_costs_alone(tmp_path: Path) -> None:
    run = bench_folder(tmp_path, Drawn(images=8, groups=2))
    for name in ("classification", "per_class", "confusion", "predictions", "arm_comparisons"):
        (tmp_path / f"{name}.csv").unlink()
    sections = by_id(bench_sections(run))
    assert list(sections) == ["cost"]
    assert [chart.title.split(" ")[0] for chart in charts_of(sections["cost"])] == ["PSNR", "PSNR"]


def test_twenty_classes_and_twelve_arms_stay_readable(tmp_path: Path) -> None:
    arms = ("hr", "lr", *(f"a-method-with-a-long-name-{at}" for at in range(10)))
    classes = tuple(f"class {at:02d}" for at in range(20))
    drawn = Drawn(arms=arms, classes=classes, images=20, groups=4, repeats=1, cost=False)
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    assert len(charts_of(sections["confusion"])) == len(charts_of(sections["curves"])) == 12
    assert len(charts_of(sections["class-curves"])) == 12
    left_out = words(sections["class-curves"])
    assert "Of 20 classes, the 12 with most test images" in left_out
    assert "first 8 methods" in left_out
    for chart in charts_of(sections["class-curves"]):
        assert chart.data is not None
        assert len(chart.data.rows) == 12
        assert len(chart.legend) == 8
    # Twenty names fit an axis only when they are cut, and 400 squares hold no text; the table has all of it.
    matrix = charts_of(sections["confusion"])[0]
    assert matrix.data is not None
    assert len(matrix.data.rows) == 20
    assert "Shares stand in the table" in said(sections["confusion"])
    assert sum(len(chart.svg) for chart in charts_of(*sections.values())) < 3e6


NASTY = ("<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "</script><b>", "{{7*7}} $\\frac{1}{2}$ ü 細胞 \"'&")


def test_names_are_text_whatever_they_hold(tmp_path: Path) -> None:
    drawn = Drawn(arms=("hr", "lr", *NASTY[:2]), classes=NASTY, images=16, groups=2, leakage=f"allowed: {NASTY[0]}")
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    for chart in charts_of(*sections.values()):
        root = ElementTree.fromstring(chart.svg)  # well-formed, so that nothing of a name is markup
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not tags & {"img", "script", "b", "image", "foreignObject", "a"}
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text == chart.title
    (table,) = tables_of(sections["classes"])
    assert {text(row[0]) for row in table.rows} == set(NASTY)
    assert NASTY[0] in words(sections["warnings"])


def test_warnings_name_leaks_copies_unsplittable_classes_and_unknown_training(tmp_path: Path) -> None:
    facts = {
        "command": {"job": "bench", "smoke": True, "study": {"scoring": {"metrics": ["psnr"], "average": "image"}}},
        "unsplittable": {"rare": "1 image for 2 parts"},
        "dropped": {"139": "112"},
        "upscalers": {"bicubic": {"trained_on": "nothing"}, "lanczos": {"trained_on": "unknown"}},
        "notes": ["near-identical images on both sides of a split: '1' and '2' (4 bits)", "something else"],
    }
    drawn = Drawn(
        arms=("hr", "lr"),
        images=8,
        groups=2,
        leakage="allowed: identical",
        unsplittable={"rare": "1 image"},
        facts=facts,
    )
    sections = by_id(bench_sections(bench_folder(tmp_path, drawn)))
    assert list(sections["warnings"].parts) == [
        "A smoke run: generated images and stand-ins for the networks. Its numbers mean nothing.",
        "The split leaks, and the numbers are too good: allowed: identical.",
        "Left out of the classification, since the split cannot hold them: rare (1 image for 2 parts).",
        "1 copy left out of the classification: 139 (as 112).",
        "Unknown what these were trained on, these test images perhaps: lanczos. "
        "An upscaler states it with ?trained_on=DIR.",
        "Near-identical images on both sides of a split: '1' and '2' (4 bits).",
    ]
    (table,) = tables_of(sections["standings"])
    assert all(isinstance(row[0], Cell) and "leaks" in row[0].note for row in table.rows)
    assert "Too few images or groups to split" in words(sections["classes"])


def test_the_same_run_gives_the_same_sections(tmp_path: Path) -> None:
    run = bench_folder(tmp_path, Drawn(arms=("hr", "lr", "only"), classes=("no", "yes"), images=8, groups=2))
    assert bench_sections(run) == bench_sections(run)


def test_a_table_that_is_none_of_a_bench_is_named(tmp_path: Path) -> None:
    run = bench_folder(tmp_path, Drawn(images=8, groups=2, cost=False))
    file = tmp_path / "classification.csv"
    file.write_text(file.read_text("utf-8").replace("accuracy", "acuracy"), "utf-8")
    with pytest.raises(FileError, match=r"not what a bench writes; found KeyError: 'accuracy'") as raised:
        bench_sections(run)
    assert str(tmp_path) in str(raised.value)
