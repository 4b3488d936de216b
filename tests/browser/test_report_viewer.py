"""The pictures of a report in a browser: the divider, one zoom and one place for all methods, maps, picks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.runs import NASTY, Report, srmetrics
from browser.watched import Watched, watched
from playwright.sync_api import Browser, FloatRect, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(chromium: Browser, nasty: Report) -> Iterator[Watched]:
    with watched(chromium, nasty.page, beside=(nasty.beside,), viewport={"width": 1100, "height": 900}) as one:
        yield one
        assert one.faults == []


@pytest.fixture
def page(opened: Watched) -> Page:
    opened.page.locator("[data-zoom=fit]").click()
    opened.page.locator("#stage").scroll_into_view_if_needed()
    return opened.page


def box(page: Page, where: str) -> FloatRect:
    found = page.locator(where).bounding_box()
    assert found is not None
    return found


def divided(page: Page) -> int:
    return int(page.locator("#divider").get_attribute("aria-valuenow") or "")


def clips(page: Page) -> tuple[float, float]:
    """What is cut off the left picture from its right, and off the right one from its left, in percent."""
    left, right = (
        page.locator(f"[data-side={side}]").evaluate("(each) => each.style.clipPath") for side in ("left", "right")
    )
    found = re.fullmatch(r"inset\(0(?:px)? ([\d.]+)% 0(?:px)? 0(?:px)?\)", left), re.search(r"([\d.]+)%\)", right)
    assert found[0], left
    assert found[1], right
    return float(found[0][1]), float(found[1][1])


def placed(page: Page) -> list[tuple[float, float, float]]:
    """Where the picture of each pane begins and how large a pixel is, in units of the pane's own picture."""
    found = page.evaluate("""
        () => [...document.querySelectorAll("#grid .pane, #stage .side")].map((pane) => {
          const image = pane.querySelector("img");
          const frame = pane.getBoundingClientRect();
          const box = image.getBoundingClientRect();
          const scale = box.width / image.naturalWidth;
          const centre = [frame.left + frame.width / 2, frame.top + frame.height / 2];
          return [(centre[0] - box.left) / box.width, (centre[1] - box.top) / box.height, scale];
        })
    """)
    return [(round(x, 3), round(y, 3), round(scale, 3)) for x, y, scale in found]


def test_the_mouse_drags_the_divider(page: Page) -> None:
    stage = box(page, "#stage")
    middle = stage["y"] + stage["height"] / 3
    page.mouse.move(stage["x"] + stage["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] * 0.25, middle, steps=4)
    page.mouse.up()
    assert divided(page) in (24, 25, 26)  # the stage has a border
    left, right = clips(page)
    assert left == pytest.approx(100 - right, abs=0.01)
    assert right == pytest.approx(25, abs=1)
    divider = box(page, "#divider")
    assert divider["x"] + divider["width"] / 2 == pytest.approx(stage["x"] + stage["width"] * 0.25, abs=3)


def test_keys_move_the_divider_to_its_ends_and_no_further(page: Page) -> None:
    divider = page.locator("#divider")
    divider.focus()
    for key, expected in (
        ("ArrowRight", 51), ("ArrowUp", 52), ("ArrowLeft", 51), ("ArrowDown", 50), ("PageUp", 60), ("PageDown", 50),
        ("Shift+ArrowRight", 60), ("End", 100), ("ArrowRight", 100), ("Home", 0), ("ArrowLeft", 0),
    ):  # fmt: skip
        divider.press(key)
        assert divided(page) == expected, key
    assert clips(page) == (100, 0)
    words = divider.get_attribute("aria-valuetext") or ""
    assert words.startswith("0 % Reference, 100 % ")


@pytest.mark.parametrize("way", ["buttons", "keys", "wheel", "double click"])
def test_one_zoom_and_place_holds_for_all_methods(page: Page, way: str) -> None:
    stage = box(page, "#stage")
    before = placed(page)
    if way == "buttons":
        for _ in range(3):
            page.locator("[data-zoom=in]").click()
    elif way == "keys":
        page.locator("#stage").focus()
        for _ in range(3):
            page.keyboard.press("+")
    else:
        page.mouse.move(stage["x"] + 0.4 * stage["width"], stage["y"] + 0.3 * stage["height"])
        if way == "wheel":
            page.keyboard.down("Control")
            page.mouse.wheel(0, -400)
            page.keyboard.up("Control")
        else:
            page.mouse.dblclick(stage["x"] + 0.4 * stage["width"], stage["y"] + 0.3 * stage["height"])
            page.mouse.dblclick(stage["x"] + 0.4 * stage["width"], stage["y"] + 0.3 * stage["height"])
    after = placed(page)
    places = {(x, y) for x, y, _ in after}
    assert len(after) == 6  # two in the stage, the reference and three methods below
    assert len({round(x, 1) for x, _ in places}) == len({round(y, 1) for _, y in places}) == 1
    grown = [now[2] / then[2] for now, then in zip(after, before, strict=True)]
    assert min(grown) > 2
    assert max(grown) == pytest.approx(min(grown), rel=2e-3)
    zoom = re.match(r"Zoom ([\d.]+)", page.locator("#viewer-zoom").inner_text())
    assert zoom is not None
    assert float(zoom[1]) == pytest.approx(grown[0], abs=0.06)


def test_dragging_and_arrows_move_all_pictures_together(page: Page) -> None:
    for _ in range(4):
        page.locator("[data-zoom=in]").click()
    page.locator("#grid").scroll_into_view_if_needed()
    before = placed(page)
    pane = box(page, "#grid figure:nth-child(3) .pane")  # of the second method
    page.mouse.move(pane["x"] + 60, pane["y"] + 60)
    page.mouse.down()
    page.mouse.move(pane["x"] + 100, pane["y"] + 80, steps=3)
    page.mouse.up()
    dragged = placed(page)
    assert all(now[0] < then[0] - 0.02 and now[1] < then[1] - 0.02 for now, then in zip(dragged, before, strict=True))
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    moved = placed(page)
    assert all(now[0] > then[0] + 0.005 for now, then in zip(moved, dragged, strict=True))
    page.keyboard.press("Escape")
    assert {place[:2] for place in placed(page)} <= {
        (0.5 + dx, 0.5 + dy) for dx in (-0.001, 0, 0.001) for dy in (-0.001, 0, 0.001)
    }


def test_zoom_ends_at_the_whole_picture_and_at_large_pixels(page: Page) -> None:
    out, closer = page.locator("[data-zoom=out]"), page.locator("[data-zoom=in]")
    assert out.is_disabled()
    for _ in range(20):
        if closer.is_disabled():
            break
        closer.click()
    assert closer.is_disabled()
    assert page.locator("#viewer-zoom").inner_text().startswith("Zoom 64.0")
    # A pixel stays a pixel: nothing is smoothed that was scored.
    assert page.locator("#stage img").first.evaluate("(each) => getComputedStyle(each).imageRendering") == "pixelated"
    page.locator("[data-zoom=fit]").click()
    assert page.locator("#viewer-zoom").inner_text().startswith("Zoom 1.0")


def test_pictures_of_all_methods_show_their_scores(page: Page, nasty: Report) -> None:
    key = page.locator("#viewer-image option:checked").inner_text()
    captions = page.locator("#grid figcaption").all_inner_texts()
    assert captions[0] == "Reference"
    assert len(captions) == 4
    rows = [row for row in nasty.lines("per_image.csv") if row["image"].lstrip("'") == key]
    for row in rows:
        text = next(caption for caption in captions if caption.startswith(row["method"].lstrip("'")))
        assert f"{float(row['psnr']):.3f}" in text
        assert f"{float(row['ssim']):.4f}" in text


@pytest.mark.parametrize(("kind", "ends"), [("error", ("0", None)), ("ssim", ("1", "0"))])
def test_maps_have_a_colour_bar_with_its_ends(page: Page, kind: str, ends: tuple[str, str | None]) -> None:
    page.locator("#grid-kind").select_option(kind)
    assert page.locator("#grid-colours").is_visible()
    assert page.locator("#grid-colours [data-end=low]").inner_text() == ends[0]
    high = page.locator("#grid-colours [data-end=high]").inner_text()
    assert float(high) > 0 if ends[1] is None else high == ends[1]
    assert page.locator("#grid .pane img").count() == 4
    sources = page.locator("#grid .pane img").evaluate_all("(all) => all.map((each) => each.naturalWidth > 0)")
    assert all(sources)
    page.locator("#grid-kind").select_option("candidate")
    assert not page.locator("#grid-colours").is_visible()


def test_maps_under_the_divider_have_a_colour_bar_too(page: Page) -> None:
    error, ssim = page.locator('[data-scale="error"]'), page.locator('[data-scale="ssim"]')
    assert (error.is_visible(), ssim.is_visible()) == (False, False)
    page.locator("#viewer-left").select_option("error 1")
    assert (error.is_visible(), ssim.is_visible()) == (True, False)
    assert error.locator("[data-end=low]").inner_text() == "0"
    assert float(error.locator("[data-end=high]").inner_text()) > 0
    page.locator("#viewer-right").select_option("ssim 1")
    assert (error.is_visible(), ssim.is_visible()) == (True, True)
    assert [ssim.locator(f"[data-end={end}]").inner_text() for end in ("low", "high")] == ["1", "0"]
    page.locator("#viewer-left").select_option("reference 0")
    page.locator("#viewer-right").select_option("candidate 0")
    assert (error.is_visible(), ssim.is_visible()) == (False, False)


def test_sides_can_be_chosen_and_swapped(page: Page) -> None:
    page.locator("#viewer-right").select_option("candidate 1")
    page.locator("#viewer-left").select_option("error 1")
    assert page.locator('[data-tag="left"]').inner_text() == "+SUM(1): absolute error"
    page.locator("#viewer-swap").click()
    assert page.locator('[data-tag="left"]').inner_text() == "+SUM(1)"
    assert page.locator("#viewer-left").input_value() == "candidate 1"
    assert page.locator("#viewer-right").input_value() == "error 1"
    page.locator("#viewer-left").select_option("reference 0")
    page.locator("#viewer-right").select_option("candidate 0")


def test_images_follow_on_each_other(page: Page) -> None:
    chosen = page.locator("#viewer-image")
    names = chosen.locator("option").all_inner_texts()
    chosen.select_option(index=0)
    assert page.locator("#viewer-previous").is_disabled()
    seen = [chosen.locator("option:checked").inner_text()]
    while page.locator("#viewer-next").is_enabled():
        page.locator("#viewer-next").click()
        seen.append(chosen.locator("option:checked").inner_text())
    assert seen == names
    assert len(names) == len(NASTY)


def test_worst_median_and_best_are_the_runs_and_open(page: Page, nasty: Report) -> None:
    table = page.locator("table.picks").first
    for row in table.locator("tbody tr").all():
        method = row.locator("th").inner_text()
        scores = sorted(
            (float(line["psnr"]), line["image"].lstrip("'"))
            for line in nasty.lines("per_image.csv")
            if line["method"].lstrip("'") == method
        )
        values = row.locator(".value").all_inner_texts()
        assert values[0] == f"{scores[0][0]:.3f} dB"
        assert values[2] == ("inf dB" if scores[-1][0] == float("inf") else f"{scores[-1][0]:.3f} dB")
        assert values[1] in [f"{score:.3f} dB" for score, _ in scores[3:5]]
    button = table.locator("tbody tr").nth(1).locator("button").first
    key = button.locator(".key").inner_text()
    button.click()
    assert page.locator("#viewer-image option:checked").inner_text() == key
    assert page.locator('[data-tag="right"]').inner_text() == "+SUM(1)"
    assert page.locator("#stage").evaluate("(each) => each === document.activeElement")


@pytest.fixture(scope="module")
def beside(nasty: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a page that is so small that its pictures lie beside it."""
    folder = tmp_path_factory.mktemp("beside")
    srmetrics("report", nasty.run, "--max-mb", "0.2", "--out", folder)
    assert any((folder / "images").iterdir())
    return folder


def test_pictures_beside_the_page_are_read_when_they_are_looked_at(chromium: Browser, beside: Path) -> None:
    with watched(chromium, beside / "index.html", beside=(beside / "images",)) as one:
        one.page.locator("#viewer-image").select_option(index=2)
        one.page.wait_for_function(
            "() => [...document.querySelectorAll('#stage img')].every((each) => each.naturalWidth === 60)"
        )
        assert one.faults == []
        assert one.read != []


def test_a_page_without_its_folder_says_what_is_missing_and_shows_no_broken_picture(
    chromium: Browser, beside: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "index.html"
    alone.write_bytes((beside / "index.html").read_bytes())
    with watched(chromium, alone, beside=(tmp_path / "images",)) as one:
        for at in range(len(NASTY)):
            one.page.locator("#viewer-image").select_option(index=at)
            one.page.wait_for_function(
                "() => document.getElementById('viewer-words').textContent.includes('not here')"
                " && [...document.querySelectorAll('#viewer img')].every((each) => each.complete)"
            )
            broken = one.page.locator("#stage img:visible, #grid img:visible").evaluate_all(
                "(all) => all.filter((each) => each.naturalWidth === 0).map((each) => each.alt)"
            )
            assert broken == []
