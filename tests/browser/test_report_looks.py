"""Every kind of report, as it is seen: light, dark, on a telephone, on paper, by keyboard and by screen reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.contrast import contrast_faults, edge_faults
from browser.keyboard import walk
from browser.runs import NASTY_METHODS, Report
from browser.structure import overflow_faults, structure_faults
from browser.watched import Watched, watched
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PHONE = {"width": 375, "height": 700}
DARK_PAPER, LIGHT_PAPER = "rgb(20, 23, 26)", "rgb(255, 255, 255)"

KINDS = ("volumes", "nasty", "bench")


@pytest.fixture(scope="module", params=KINDS)
def report(request: pytest.FixtureRequest) -> Report:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Report)
    return found


@pytest.fixture(scope="module")
def one(chromium: Browser, report: Report) -> Iterator[Watched]:
    with watched(chromium, report.page, beside=(report.beside,), viewport={"width": 1200, "height": 900}) as opened:
        unfold(opened)
        yield opened
        assert opened.faults == []


def unfold(one: Watched) -> None:
    one.page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    one.settle()


def paper(one: Watched) -> str:
    colour: str = one.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    return colour


def test_contrast_is_enough_in_light_and_in_dark(one: Watched) -> None:
    for scheme, ground in (("light", LIGHT_PAPER), ("dark", DARK_PAPER)):
        one.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        one.settle()
        assert paper(one) == ground
        assert contrast_faults(one.page) == []
        assert edge_faults(one.page) == []
    one.page.emulate_media(color_scheme="light")


def test_names_headings_ids_pictures_and_tables_are_told_to_screen_readers(one: Watched) -> None:
    assert structure_faults(one.page) == []


def test_tab_reaches_every_control_in_order_and_is_seen(one: Watched) -> None:
    found = walk(one.page)
    assert found.faults == []
    assert found.stops > 40


def test_the_skip_link_leads_past_the_contents(one: Watched) -> None:
    one.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("() => document.activeElement.textContent") == "Skip to the leaderboard"
    assert one.page.evaluate("() => document.activeElement.getBoundingClientRect().left >= 0")
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("() => location.hash") == "#leaderboard"
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("() => document.getElementById('leaderboard').contains(document.activeElement)")


def test_the_contents_name_every_section(one: Watched) -> None:
    links = one.page.locator("nav a")
    sections = one.page.locator("main > section").evaluate_all("(all) => all.map((each) => `#${each.id}`)")
    assert links.evaluate_all("(all) => all.map((each) => each.getAttribute('href'))") == sections


def test_a_telephone_does_not_scroll_sideways(chromium: Browser, report: Report) -> None:
    settings = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with watched(chromium, report.page, beside=(report.beside,), **settings) as opened:
        unfold(opened)
        assert overflow_faults(opened.page) == []
        small = opened.page.evaluate("""
            () => [...document.querySelectorAll("button, select, input, summary, nav a, [role=slider]")]
              .filter((each) => each.checkVisibility() && !each.disabled)
              .map((each) => [each.getBoundingClientRect(), each.outerHTML.slice(0, 70)])
              .filter(([box]) => box.width < 24 || box.height < 19.5).map(([, markup]) => markup)
        """)
        assert small == []  # WCAG 2.5.8 asks for 24 px, or for room around; a line of text is 20 px high
        # Read without scrolling sideways: the first method and its first number.
        first = opened.page.locator("[data-board] tbody tr").first
        for at in (0, 2):
            cell = first.locator("th, td").nth(at).bounding_box()
            assert cell is not None
            assert cell["x"] + cell["width"] <= PHONE["width"]
        assert opened.faults == []


def test_paper_has_no_controls_and_is_light(chromium: Browser, report: Report) -> None:
    with watched(chromium, report.page, beside=(report.beside,), color_scheme="dark") as opened:
        opened.page.emulate_media(media="print", color_scheme="dark")
        opened.settle()
        ground = paper(opened)
        assert ground in (LIGHT_PAPER, "rgba(0, 0, 0, 0)")
        shown = opened.page.locator("button, input, select, nav, .status").evaluate_all(
            """(all) => all.filter((each) => each.checkVisibility() && !each.dataset.sort && each.dataset.sort !== ""
                 && !each.closest(".picks, #all-table")).map((each) => each.outerHTML.slice(0, 80))"""
        )
        assert shown == []
        assert contrast_faults(opened.page) == []
        assert opened.page.locator("[data-board]").first.is_visible()
        pdf = opened.page.pdf(format="A4")
        assert pdf.startswith(b"%PDF")
        assert opened.faults == []


def test_long_names_leave_room_for_the_rest(chromium: Browser, nasty: Report) -> None:
    with watched(chromium, nasty.page, beside=(nasty.beside,), viewport={"width": 1200, "height": 900}) as opened:
        headings = opened.page.locator("#all-table thead th")
        boxes = headings.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().toJSON())")
        assert max(box["height"] for box in boxes) < 200  # it stays in sight over the rows
        assert max(box["width"] for box in boxes[1:]) < 240
        assert boxes[0]["width"] > 200
        assert headings.last.get_attribute("title") == NASTY_METHODS[2]


def test_paper_cuts_no_picture_repeats_headings_and_leaves_empty_sections_out(chromium: Browser, bench: Report) -> None:
    with watched(chromium, bench.page, beside=(bench.beside,)) as opened:
        opened.page.emulate_media(media="print")
        opened.settle()

        def styles(where: str, name: str) -> set[str]:
            found: list[str] = opened.page.locator(where).evaluate_all(
                "(all, name) => all.map((each) => getComputedStyle(each)[name])", name
            )
            return set(found)

        for where in (".stage", "[data-block]", "table.picks", "figure", "tr", "#bench-standings table"):
            assert styles(where, "breakInside") == {"avoid"}, where
        # Chromium repeats no heading with a button in it, nor one in a container.
        assert styles("th button[data-sort]", "display") == {"contents"}
        assert styles(".scroll", "containerType") == {"normal"}
        # Numbers and their ends stay in one line.
        assert styles("td .note", "whiteSpace") == {"nowrap"}
        assert not opened.page.locator("#citing").is_visible()
        opened.page.locator("#citing details").first.evaluate("(each) => { each.open = true; }")
        assert opened.page.locator("#citing").is_visible()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_follows_the_system_until_it_is_chosen(chromium: Browser, nasty: Report, system: str) -> None:
    grounds = {"light": LIGHT_PAPER, "dark": DARK_PAPER}
    other = "dark" if system == "light" else "light"
    with watched(chromium, nasty.page, beside=(nasty.beside,), color_scheme=system) as opened:
        button = opened.page.locator("#theme")
        assert paper(opened) == grounds[system]
        assert button.get_attribute("aria-pressed") == str(system == "dark").lower()
        opened.page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
        assert paper(opened) == grounds[other]
        assert button.get_attribute("aria-pressed") == str(other == "dark").lower()
        opened.page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        button.press("Enter")
        assert paper(opened) == grounds[other]
        assert button.get_attribute("aria-pressed") == str(other == "dark").lower()
        assert contrast_faults(opened.page) == []
        # Charts follow: they are drawn in the page's own colours.
        ink = opened.page.locator("svg.plot text").first.evaluate("(each) => getComputedStyle(each).fill")
        assert ink == opened.page.evaluate("() => getComputedStyle(document.body).color")
        opened.page.reload()
        assert paper(opened) == grounds[other]  # remembered
        assert opened.faults == []


def test_without_scripts_the_numbers_and_charts_are_there(chromium: Browser, bench: Report) -> None:
    with watched(chromium, bench.page, beside=(bench.beside,), java_script_enabled=False) as opened:
        assert opened.page.locator("[data-board] tbody tr").count() == 3
        assert opened.page.locator("svg.plot").count() > 10
        assert opened.page.locator("noscript").is_visible()
        assert not opened.page.locator("#viewer").is_visible()
        assert not opened.page.locator("#board-controls").is_visible()
        assert opened.faults == []
