"""The tables of a report in a browser: they sort, filter and copy, and hold what the run's files hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser.runs import Report
from browser.watched import Watched, watched
from playwright.sync_api import Browser, Locator

from harness.jobs.run_folder import open_run
from harness.report.copied import citation_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def one(chromium: Browser, volumes: Report) -> Iterator[Watched]:
    permissions = ["clipboard-read", "clipboard-write"]
    with watched(chromium, volumes.page, beside=(volumes.beside,), permissions=permissions) as opened:
        yield opened
        assert opened.faults == []


def board(one: Watched, region: str = "image") -> Locator:
    return one.page.locator(f'[data-block][data-region="{region}"] table')


def heading(table: Locator, name: str) -> Locator:
    return table.locator("thead th", has=table.page.get_by_role("button", name=name)).first


def column(table: Locator, name: str) -> list[str]:
    at = heading(table, name).evaluate("(cell) => cell.cellIndex")
    texts: list[str] = table.locator("tbody tr").evaluate_all(
        "(rows, at) => rows.filter((row) => !row.hidden).map((row) => row.cells[at].textContent.trim())", at
    )
    return [text.rstrip("†‡") for text in texts]


def values(report: Report, metric: str, region: str = "image") -> dict[str, float]:
    return {row["method"]: float(row[metric]) for row in report.lines("leaderboard.csv") if row["region"] == region}


def test_a_number_and_its_interval_are_read_apart(one: Watched) -> None:
    # Without a space between them, screen readers and spreadsheets make one number of 44.648 and 42.851.
    joined = one.page.locator("td > .note, th > .note").evaluate_all(
        "(all) => all.map((each) => each.previousSibling.textContent).filter((before) => !before.endsWith(' '))"
    )
    assert one.page.locator("td > .note").count() > 20
    assert joined == []


def test_where_less_is_better_the_smallest_stands_first(one: Watched, volumes: Report) -> None:
    table = board(one)
    cell = heading(table, "MAE")
    cell.get_by_role("button").click()
    assert cell.get_attribute("aria-sort") == "ascending"
    assert column(table, "MAE") == [f"{value:.3f}" for value in sorted(values(volumes, "mae").values())]


@pytest.mark.parametrize(("metric", "name", "places"), [("psnr", "PSNR", 3), ("ssim", "SSIM", 4)])
def test_numbers_sort_down_and_then_up(one: Watched, volumes: Report, metric: str, name: str, places: int) -> None:
    table = board(one)
    numbers = [f"{value:.{places}f}" for value in sorted(values(volumes, metric).values(), reverse=True)]
    cell = heading(table, name)
    cell.get_by_role("button").click()
    assert cell.get_attribute("aria-sort") == "descending"
    assert column(table, name) == numbers
    cell.get_by_role("button").click()
    assert cell.get_attribute("aria-sort") == "ascending"
    assert column(table, name) == numbers[::-1]
    # Rows move whole: the method still stands beside its number.
    methods = {f"{value:.{places}f}": method for method, value in values(volumes, metric).items()}
    assert column(table, "Method") == [methods[number] for number in numbers[::-1]]
    # Only one column at a time says that the table is sorted by it.
    assert table.locator('th[aria-sort="ascending"], th[aria-sort="descending"]').count() == 1


def test_words_sort_up_and_then_down_and_it_is_said_aloud(one: Watched) -> None:
    table = board(one)
    cell = heading(table, "Method")
    cell.get_by_role("button").click()
    assert column(table, "Method") == ["bicubic", "blurred", "noisy"]
    assert one.page.locator("#status").inner_text() == "Sorted by Method, ascending."
    cell.get_by_role("button").click()
    assert column(table, "Method") == ["noisy", "blurred", "bicubic"]


def test_a_heading_sorts_by_keyboard(one: Watched) -> None:
    table = board(one)
    for key, expected in (("Enter", "descending"), ("Space", "ascending")):
        heading(table, "PSNR").get_by_role("button").press(key)
        assert heading(table, "PSNR").get_attribute("aria-sort") == expected


def test_infinity_is_the_largest_number(chromium: Browser, nasty: Report) -> None:
    with watched(chromium, nasty.page, beside=(nasty.beside,)) as opened:
        table = board(opened)
        heading(table, "PSNR").get_by_role("button").click()
        assert column(table, "PSNR")[0].startswith("inf")
        heading(table, "PSNR").get_by_role("button").click()
        assert column(table, "PSNR")[-1].startswith("inf")
        assert opened.faults == []


def test_the_filter_keeps_methods_that_hold_all_words(one: Watched) -> None:
    field, count = one.page.locator("#board-filter"), one.page.locator("#board-count")
    assert count.inner_text() == "12 rows"
    field.fill("NOI")
    assert column(board(one), "Method") == ["noisy"]
    assert count.inner_text() == "4 of 12 rows"
    field.fill("bi cub")
    assert column(board(one), "Method") == ["bicubic"]
    field.fill("none of them")
    assert count.inner_text() == "0 of 12 rows"
    assert not board(one).is_visible()
    field.press("Escape")
    assert count.inner_text() == "12 rows"
    assert len(column(board(one), "Method")) == 3


def test_a_region_can_be_picked(one: Watched) -> None:
    regions = one.page.locator("#board-region")
    regions.select_option("core")
    assert one.page.locator("[data-block]:visible").evaluate_all("(all) => all.map((each) => each.dataset.region)") == [
        "core"
    ]
    regions.select_option("")
    assert one.page.locator("[data-block]:visible").count() == 4


def test_numbers_with_letters_behind_them_sort_by_what_they_stand_for(chromium: Browser, bench: Report) -> None:
    with watched(chromium, bench.page, beside=(bench.beside,)) as opened:
        table = opened.page.locator("#bench-standings table").first
        heading(table, "Accuracy").get_by_role("button").click()
        shown = [float(re.split(r"[†‡[]", text)[0]) for text in column(table, "Accuracy")]
        assert shown == sorted(shown, reverse=True)
        figure = opened.page.locator("#bench-cost figure").first
        figure.locator("summary").click()
        assert figure.locator("td[data-value]").count() > 0  # "621k" stands for 621,424
        assert opened.faults == []


@pytest.mark.parametrize("region", ["image", "core"])
def test_csv_and_latex_buttons_copy_the_rows_of_the_runs_files(one: Watched, volumes: Report, region: str) -> None:
    csv_lines = (volumes.run / "leaderboard.csv").read_text("utf-8").splitlines()
    latex_lines = (volumes.run / "leaderboard.tex").read_text("utf-8").splitlines()
    of_region = [line for line in csv_lines if f",{region}," in line]
    for method in ("bicubic", "blurred", "noisy"):
        row = board(one, region).locator(f'tr[data-method="{method}"]')
        (expected,) = [line for line in of_region if f",{region},{method}," in line]
        assert copied(one, row.locator('[data-copy="CSV"]')).rstrip("\r\n") == expected
        text = copied(one, row.locator('[data-copy="LaTeX"]'))
        same = [line for line in latex_lines if line.startswith(f"{method} &")]
        assert len(same) == 4
        assert text.rstrip("\n") in same
        number = values(volumes, "psnr", region)[method]
        assert f"{number:.3f}" in text


def test_the_citation_holds_number_convention_and_data(one: Watched, volumes: Report) -> None:
    (line,) = [row for row in volumes.lines("leaderboard.csv") if (row["region"], row["method"]) == ("image", "noisy")]
    row = board(one).locator('tr[data-method="noisy"]')
    text = copied(one, row.locator("[data-copy]").nth(2))
    assert text == citation_of(open_run(volumes.run), line)
    assert text.startswith("@misc{")
    assert f"PSNR {float(line['psnr']):.3f} dB" in text
    assert line["dataset_digest"] in text
    assert line["signature"].replace("_", r"\_").replace("|", r"\textbar{}") in text


def test_the_signature_is_copied_as_it_is(one: Watched, volumes: Report) -> None:
    button = one.page.locator('[data-copy="signature"]').first
    assert copied(one, button) == volumes.lines("leaderboard.csv")[0]["signature"]
    assert one.page.locator("#status").inner_text().startswith("Copied the signature")


def test_copying_works_where_the_clipboard_is_not_offered(chromium: Browser, volumes: Report) -> None:
    with watched(chromium, volumes.page, beside=(volumes.beside,)) as opened:
        opened.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        button = board(opened).locator('tr[data-method="noisy"] [data-copy="CSV"]')
        button.click()
        assert opened.page.locator("#status").inner_text().startswith("Copied")
        assert button.evaluate("(each) => each === document.activeElement")  # the focus is where it was
        field = opened.page.locator("#board-filter")
        field.focus()
        opened.page.keyboard.press("ControlOrMeta+v")
        assert ",image,noisy," in field.input_value()
        assert opened.faults == []


def test_every_image_of_the_run_is_listed_and_sorts(one: Watched, volumes: Report) -> None:
    rows = [row for row in volumes.lines("per_image.csv") if row["region"] == "image"]
    table = one.page.locator("#all-table")
    assert set(column(table, "Image")) == {row["image"] for row in rows}
    heading(table, "noisy").get_by_role("button").click()
    noisy = sorted((float(row["psnr"]) for row in rows if row["method"] == "noisy" and row["psnr"]), reverse=True)
    assert column(table, "noisy")[: len(noisy)] == [f"{value:.3f}" for value in noisy]
    one.page.locator("#all-filter").fill("p2")
    assert {text[:2] for text in column(table, "Image")} == {"p2"}
    one.page.locator("#all-filter").press("Escape")
    one.page.locator("#all-region").select_option(label="core")
    core = [float(row["psnr"]) for row in volumes.lines("per_image.csv") if row["region"] == "core"]
    assert float(column(table, "noisy")[0]) in [round(value, 3) for value in core]
    one.page.locator("#all-region").select_option(index=0)


def copied(one: Watched, button: Locator) -> str:
    """Click a button, and return what then lies on the clipboard."""
    one.page.evaluate("navigator.clipboard.writeText('nothing')")
    button.click()
    one.page.wait_for_function("() => document.getElementById('status').textContent !== ''")
    text: str = one.page.evaluate("navigator.clipboard.readText()")
    return text
