"""Hostile names do no harm: not in the page, not in the CSVs, not in LaTeX, and not on the clipboard."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from browser.runs import NASTY, NASTY_METHODS, Report
from browser.watched import Watched, watched
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def one(chromium: Browser, nasty: Report) -> Iterator[Watched]:
    permissions = ["clipboard-read", "clipboard-write"]
    with watched(chromium, nasty.page, beside=(nasty.beside,), permissions=permissions) as opened:
        # Everything that shows a name is made to show it.
        opened.page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        chosen = opened.page.locator("#viewer-image")
        for at in range(len(NASTY)):
            chosen.select_option(index=at)
            for kind in ("error", "ssim", "candidate"):
                opened.page.locator("#grid-kind").select_option(kind)
        opened.settle()
        yield opened


def test_no_name_runs_opens_or_asks_for_anything(one: Watched) -> None:
    assert one.faults == []


def test_no_name_becomes_an_element_or_an_attribute_that_acts(one: Watched) -> None:
    own = one.page.locator("script").evaluate_all("(all) => all.map((each) => each.type + each.id + each.src)")
    assert own[0] == "application/jsondata"
    assert all(kind.startswith("text/plain") for kind in own[1:-1])
    assert own[-1] == ""
    for selector in ('img[src="x"]', "b[onclick]", "svg[onload]", "iframe", "object", "embed", "base", "form", "link"):
        assert one.page.locator(selector).count() == 0, selector
    acting = one.page.evaluate("""
        () => [...document.querySelectorAll("*")].flatMap((each) =>
          [...each.attributes].filter((one) => /^on/i.test(one.name) || /^\\s*javascript:/i.test(one.value))
            .map((one) => one.name))
    """)
    assert acting == []
    assert one.page.locator("title").first.evaluate("(each) => each.textContent").startswith('<title>"data"')


@pytest.mark.parametrize("name", [name for name in NASTY if name.isprintable()])
def test_a_name_is_read_as_it_is(one: Watched, name: str) -> None:
    keys = one.page.locator("#all-table tbody th").all_inner_texts()
    assert name in keys
    assert name in one.page.locator("#viewer-image option").all_inner_texts()


@pytest.mark.parametrize("name", [name for name in NASTY if not name.isprintable()])
def test_letters_that_act_on_text_are_spelt_out(one: Watched, name: str) -> None:
    spelt = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in name)
    assert spelt in one.page.locator("#all-table tbody th").all_inner_texts()
    body = one.page.locator("body").inner_text()
    assert "\u202e" not in body


def test_templates_are_not_filled_in(one: Watched) -> None:
    shown = one.page.locator("#all-table tbody th").all_inner_texts()
    assert "{{7*7}}{%raw%}${alert(3)}" in shown
    assert "49{%raw%}" not in one.page.content()


@pytest.mark.parametrize("table", ["leaderboard.csv", "per_image.csv", "comparisons.csv"])
def test_no_cell_of_a_csv_is_a_formula(nasty: Report, table: str) -> None:
    rows = nasty.lines(table)
    text = [cell for row in rows for cell in row.values()]
    assert [cell for cell in text if cell.startswith(FORMULA) and not number(cell)] == []
    names = {row.get("image", "") for row in rows} | {row.get("method", "") for row in rows}
    # And nothing of a name is lost: without the mark before it, it is the file's own.
    if table == "per_image.csv":
        plain = {name.removeprefix("'") for name in names}
        assert {*NASTY, *NASTY_METHODS} <= plain


def test_the_latex_table_sets_names_as_they_are(nasty: Report) -> None:
    text = (nasty.run / "leaderboard.tex").read_text("utf-8")
    assert r"\textless{}script\textgreater{}alert(4)" in text
    assert r"\textbackslash{}textbf\{x\} \& \$y\_1\$ =" in text
    commands = set(re.findall(r"\\([a-zA-Z]+)", text))
    assert commands <= {
        *("usepackage", "begin", "end", "toprule", "midrule", "bottomrule", "textbf", "uparrow", "downarrow", "dagger"),
        *("ddagger", "textless", "textgreater", "textbackslash", "textbar", "multicolumn", "emph", "textquotedbl"),
    }
    # The only unescaped markup is the table's own.
    assert r"\textbf{x}" not in text


def test_what_is_copied_is_as_harmless_as_the_files(one: Watched, nasty: Report) -> None:
    header = (nasty.run / "leaderboard.csv").read_text("utf-8").splitlines()[0]
    latex = (nasty.run / "leaderboard.tex").read_text("utf-8").splitlines()
    for at, method in enumerate(NASTY_METHODS):
        row = one.page.locator("[data-board] tbody tr").nth(at)
        (line,) = csv.DictReader(io.StringIO(f"{header}\n{copied(one, row, 0)}"))
        assert line["method"] == (f"'{method}" if method.startswith("+") else method)
        assert not any(cell.startswith(FORMULA) and not number(cell) for cell in line.values())
        assert copied(one, row, 1).rstrip("\n") in latex
        cited = copied(one, row, 2)
        assert re.match(r"@misc\{[a-z0-9-]+,\n", cited)
        assert r"\textbf{x}" not in cited
        assert cited.count("{") - cited.count(r"\{") == cited.count("}") - cited.count(r"\}")
    assert one.faults == []


def test_the_page_of_a_bench_with_such_classes_does_no_harm(chromium: Browser, bench: Report) -> None:
    with watched(chromium, bench.page, beside=(bench.beside,)) as opened:
        opened.page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert opened.page.locator("#bench-classes tbody th", has_text="<i>class & 2").count() > 0
        assert opened.page.locator("main i").count() == 0
        assert opened.faults == []


def copied(one: Watched, row: object, at: int) -> str:
    """Click a row's button, and return what then lies on the clipboard."""
    one.page.evaluate("navigator.clipboard.writeText('nothing')")
    row.locator("[data-copy]").nth(at).click()  # type: ignore[attr-defined]
    one.page.wait_for_function("() => document.getElementById('status').textContent !== ''")
    text: str = one.page.evaluate("navigator.clipboard.readText()")
    return text


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
