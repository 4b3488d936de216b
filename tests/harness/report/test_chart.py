"""Charts: nothing in them acts, follows a style of its own, or differs from one time to the next."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from harness.report.chart import (
    INK,
    SERIES_COLOURS,
    colour_of,
    dash_of,
    draw_chart,
    label_of,
    marker_of,
    readable,
)
from harness.report.section import Chart

SVG = "{http://www.w3.org/2000/svg}"


def paint(figure: Figure) -> None:
    axes = figure.subplots()
    for series in range(9):
        axes.plot([0, 1, 2], [series, 2, series / 3], color=colour_of(series), linestyle=dash_of(series))
    axes.plot([1], [1], marker_of(1), color=INK)
    axes.fill_between([0, 1], [0, 1], [1, 2], color=colour_of(0), alpha=0.2)
    axes.set_xlabel("<script>alert(1)</script> $x^2$ _under_ \x01 日本")


def drawn(id: str = "one") -> Chart:
    return draw_chart(paint, id=id, title="A <b>title</b>", description="What & why \u202e")


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_no_element_has_a_style_that_the_policy_would_drop() -> None:
    svg = drawn().svg
    assert "style" not in svg
    assert "<metadata" not in svg
    assert "DejaVu" not in svg


def test_colours_are_the_pages_variables() -> None:
    svg = drawn().svg
    assert all(f"var(--series-{number})" in svg for number in range(8))
    assert not set(re.findall(r"#[0-9a-f]{6}\b", svg)), "a colour that does not follow light and dark"
    assert len(SERIES_COLOURS) == 8


def test_names_stay_text_whatever_they_hold() -> None:
    root = ElementTree.fromstring(drawn().svg)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert "<script>alert(1)</script> $x^2$ _under_ � 日本" in texts
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "g", "path", "text", "use", "defs", "clipPath", "rect", "title", "desc")
    }


def test_it_says_what_it_shows() -> None:
    root = ElementTree.fromstring(drawn().svg)
    assert root.attrib["role"] == "img"
    said = {element.attrib.get("id"): element.text for element in root.iter()}
    title, description = root.attrib["aria-labelledby"].split()
    assert said[title] == "A <b>title</b>"
    assert said[description] == "What & why \\u202e"


def test_ids_are_its_own_and_every_reference_is_answered() -> None:
    one, other = drawn("one").svg, drawn("other").svg
    ids, others = (set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other))
    assert not ids & others
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', one)) <= ids


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("a\nb\u202ec\u2028d", "a\\nb\\u202ec\\u2028d"),
        ("x" * 30, "x" * 10 + "…" + "x" * 11),
        ("", ""),
    ],
)
def test_labels_are_one_line_of_seen_letters(text: str, shown: str) -> None:
    assert shown == label_of(text)
    assert readable(shown) == shown
