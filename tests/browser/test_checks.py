"""The checks of pages find what is planted, and pass a page without faults: else the tests of pages prove nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.contrast import contrast_faults, edge_faults
from browser.keyboard import walk
from browser.structure import overflow_faults, structure_faults
from browser.watched import watched
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

GOOD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<style>body{{color:#222;background:#fff}}:focus-visible{{outline:2px solid #005}}{style}</style></head>
<body><main><h1>Title</h1><h2>Part</h2><p>Words</p><a href="#end">End</a> <button>Press</button>
<label>Find <input></label><img alt="a dot" width=9 height=9 src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
{body}<p id="end">.</p></main></body></html>"""


@pytest.fixture(scope="module")
def sheet(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One page that tests fill anew: opening one for each takes most of their time."""
    with watched(chromium, page_file(tmp_path_factory.mktemp("sheet"))) as one:
        one.page.unroute_all()
        yield one.page


def page_file(folder: Path, body: str = "", style: str = "") -> Path:
    file = folder / "page.html"
    file.write_text(GOOD.format(body=body, style=style), "utf-8")
    return file


def test_a_page_without_faults_passes_every_check(chromium: Browser, tmp_path: Path) -> None:
    with watched(chromium, page_file(tmp_path)) as one:
        assert contrast_faults(one.page) == edge_faults(one.page) == structure_faults(one.page) == []
        assert overflow_faults(one.page) == []
        found = walk(one.page)
        assert (found.stops, found.faults) == (3, [])
        assert one.faults == one.read == []


@pytest.mark.parametrize(
    ("style", "body", "expected"),
    [
        # From WebAIM's contrast checker, which rounds down: on white #767676 has 4.54, #777777 4.47, yellow 1.07,
        # #bbbbbb 1.92, #eeeeee 1.16; white has 4.00 on #7f7f7f; #222222 has 1.26 on #333333.
        ("p{color:#767676}", "", []),
        ("p{color:#777777}", "", ['p: 4.48 to 1 for "Words"', 'p#end: 4.48 to 1 for "."']),
        ("#end{color:#ff0}", "", ['p#end: 1.07 to 1 for "."']),
        ("h1{color:#777;font-size:24px}", "", []),  # large text needs 3 to 1
        ("main{opacity:.5}", "<b style='color:#777'>half</b>", ['b: 1.92 to 1 for "half"']),
        ("h2::after{content:'mark';color:#eee}", "", ['h2: 1.16 to 1 for "\\"mark\\""']),
        ("", "<button disabled style='color:#ddd'>off</button>", []),
        ("", "<div hidden style='color:#fff'>none</div>", []),
        ("", "<p style='background:rgba(0,0,0,.5);color:#fff'>x</p>", ['p: 4.00 to 1 for "x"']),
        (
            "",
            "<svg role=img aria-label=s width=50 height=20><rect width=50 height=20 fill=#333 />"
            "<text y=15 fill=#222>in</text></svg>",
            ['text: 1.26 to 1 for "in"'],
        ),
        (
            "",
            "<div style='position:relative'><img alt=a src='data:,' width=9 height=9>"
            "<b style='position:absolute;left:0;color:#fff'>on</b></div>",
            ['b: 1.00 to 1 for "on"'],
        ),
    ],
)
def test_low_contrast_is_found(sheet: Page, style: str, body: str, expected: list[str]) -> None:
    sheet.set_content(GOOD.format(body=body, style=style))
    found = contrast_faults(sheet)
    if "opacity" in style:  # all of the page fades; the ratio of one text in it says enough
        found = [fault for fault in found if fault.startswith("b:")]
    assert found == expected


def test_faint_edges_and_lines_are_found(sheet: Page) -> None:
    body = "<svg role=img aria-label=s width=9 height=9><path d='M0 0L9 9' stroke='var(--series-0)'/></svg>"
    style = "input{border:1px solid #ccc}:root{--series-0:#eee}"
    sheet.set_content(GOOD.format(body=body, style=style))
    assert edge_faults(sheet) == ["input: 1.61 to 1 for its edge", "path: 1.16 to 1 for var(--series-0)"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<button></button>", "has no name"),
        ("<input>", "has no name"),
        ("<div tabindex=0>text</div>", None),
        ("<div role=slider tabindex=0>text</div>", "has no name"),
        ("<p id=end>", 'id "end" stands 2 times'),
        ("<h4>deep</h4>", "follows on h2"),
        ("<img src='data:,'>", "has no alt text"),
        ("<img alt='' src='data:,'>", "is a picture without words"),
        ("<svg><path d='M0 0'/></svg>", "is a drawing without words"),
        ("<a href='#gone'>x</a>", "leads nowhere"),
        ("<table><caption>c</caption><tr><th>a</th></tr></table>", "has no scope"),
        ("<table><tr><td>a</td></tr></table>", "has no caption"),
        ("<button aria-label='Close'>Open it</button>", 'is named "Close"'),
        ("<button aria-label='Go'>1</button><button aria-label='Go'>2</button>", '2 buttons are named "Go"'),
        ("<p aria-describedby='gone'>x</p>", "aria-describedby names gone"),
        ("<h1>again</h1>", "not one h1"),
    ],
)
def test_what_a_screen_reader_misses_is_found(sheet: Page, body: str, expected: str | None) -> None:
    sheet.set_content(GOOD.format(body=body, style=""))
    found = structure_faults(sheet)
    if expected is None:
        assert found == []
    else:
        (only,) = found
        assert expected in only


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<button style='outline:none'>x</button>", "the focus is not seen"),
        ("<button style='position:absolute;left:-99px;width:9px'>x</button>", "outside the window"),
        ("<b tabindex=3>x</b>", "Tab goes back"),
        (
            "<b tabindex=0 id=trap>x</b><script>trap.onkeydown = (event) => event.preventDefault()</script>"
            "<button>unreached</button>",
            "does not come to the end",
        ),
    ],
)
def test_what_a_keyboard_misses_is_found(sheet: Page, body: str, expected: str) -> None:
    sheet.set_content(GOOD.format(body=body, style=""))
    assert any(expected in fault for fault in walk(sheet).faults)


def test_what_leaves_the_page_is_found(chromium: Browser, tmp_path: Path) -> None:
    planted = {
        "<script>console.error('broken')</script>": "console error: broken",
        "<script>console.warn('old')</script>": "console warning: old",
        "<script>throw new Error('thrown')</script>": "exception: thrown",
        "<script>alert(1)</script>": "dialog: 1",
        "<img alt='' src='https://example.org/x.png'>": "asked for https://example.org/x.png",
        "<script src='other.js'></script>": "asked for file:",
        "<link rel=stylesheet href='//example.org/x.css'>": "asked for file://example.org/x.css",
        "<script>fetch('http://127.0.0.1:9/')</script>": "asked for http://127.0.0.1:9/",
    }
    with watched(chromium, page_file(tmp_path, "".join(planted))) as one:
        one.page.wait_for_timeout(100)
        missed = {what for what in planted.values() if not any(fault.startswith(what) for fault in one.faults)}
        assert missed == set()


def test_files_beside_the_page_may_be_read_and_are_listed(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a b.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    file = page_file(tmp_path, "<img alt=x src='images/a%20b.svg'>")
    with watched(chromium, file, beside=(tmp_path / "images",)) as one:
        assert one.faults == []
        assert one.read == [(tmp_path / "images" / "a b.svg").resolve()]
    with watched(chromium, file) as one:
        assert any("a%20b.svg" in fault for fault in one.faults)


def test_a_page_wider_than_its_window_is_found(chromium: Browser, tmp_path: Path) -> None:
    inside = "<div style='overflow:auto'><p style='width:3000px'>x</p></div>"
    with watched(chromium, page_file(tmp_path, inside), viewport={"width": 375, "height": 600}) as one:
        assert overflow_faults(one.page) == []
    with watched(
        chromium, page_file(tmp_path, "<p style='width:500px'>x</p>"), viewport={"width": 375, "height": 600}
    ) as one:
        (only,) = overflow_faults(one.page)
        assert only.startswith('<p style="width:500px"')
