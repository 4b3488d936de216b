"""Charts by matplotlib, as SVG that stands in the page: its colours follow light and dark, its text is text."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from harness.leaderboard.readable import readable
from harness.report.section import Chart, LegendEntry, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, RULE, PAPER, ACCENT = "#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05"
"""Colours to draw with: text, secondary text, grid lines, the background, emphasis. The page says what they are."""

SERIES_COLOURS = tuple(f"#0a0c{number:02x}" for number in range(8))
"""One for each method, in the order of methods."""

DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (6, 2),
    (2, 2),
    (7, 2, 2, 2),
    (10, 3),
    (4, 1.5),
    (1, 1.5),
    (8, 2, 1, 2, 1, 2),
)
"""A dash beside each colour, so that lines are told apart without it; empty is a whole line."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
GLYPHS = "●■▲◆▼✚✖★"
"""The markers as letters, for a legend."""

_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    ACCENT: "var(--accent)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(SERIES_COLOURS)},
}

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"

_KEPT_STYLES = {
    *("fill", "fill-opacity", "opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray"),
    *("stroke-dashoffset", "stroke-linejoin", "stroke-linecap", "text-anchor", "font-size", "font-weight"),
}
"""Style that matplotlib writes and that is kept, each as an attribute: the page's policy allows no inline style."""

_LONG_NUMBER = re.compile(r"(\.\d\d)\d+")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def colour_of(series: int) -> str:
    """Return the colour of a method by its place among the methods."""
    return SERIES_COLOURS[series % len(SERIES_COLOURS)]


def dash_of(series: int) -> Any:
    """Return matplotlib's line style of a method."""
    dashes = DASHES[series % len(DASHES)]
    return (0, dashes) if dashes else "-"


def marker_of(series: int) -> str:
    """Return the marker of a method."""
    return MARKERS[series % len(MARKERS)]


def label_of(text: str, most: int = 22) -> str:
    """Return a name for an axis: in one line, at most so many characters long, cut in its middle."""
    plain = readable(text)
    if len(plain) <= most:
        return plain
    head = (most - 1) // 2
    return f"{plain[:head]}…{plain[len(plain) - (most - 1 - head) :]}"


def legend_of(names: Sequence[str]) -> tuple[LegendEntry, ...]:
    """Return a legend of methods in their order."""
    return tuple(LegendEntry(name, series) for series, name in enumerate(names))


def draw_chart(
    paint: Callable[[Figure], None],
    *,
    id: str,
    title: str,
    description: str,
    size: tuple[float, float] = (360, 220),
    legend: tuple[LegendEntry, ...] = (),
    data: Table | None = None,
    caption: str = "",
) -> Chart:
    """Draw a chart.

    Parameters
    ----------
    paint : callable
        Draws into an empty figure, in the colours of this module; lines that the reader must tell apart also take
        ``dash_of`` or ``marker_of``. Names on axes go through ``label_of``. Draw no title and no legend: the page does.
    id : str
        Letters, digits and hyphens, unlike that of any other chart of the page.
    title, description : str
        What the chart is, and what is to be seen in it, for those who do not see it.
    size : tuple of float
        Width and height in CSS pixels: up to 360 wide it fits a telephone; a wider one is scrolled there.
    legend, data, caption
        As in ``Chart``.

    Returns
    -------
    Chart
        The same bytes for the same drawing.
    """
    import matplotlib
    from matplotlib.figure import Figure

    stream = io.StringIO()
    style: Any = {**_STYLE, "svg.hashsalt": id}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # The browser has letters that matplotlib's own font has not.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support", category=UserWarning)
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72, layout="constrained")
        paint(figure)
        figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = _for_a_page(stream.getvalue(), id, title, description)
    return Chart(id, title, description, svg, size[0], legend, data, caption)


_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 1.6,
    "lines.scale_dashes": False,
    "lines.markersize": 4,
    "patch.linewidth": 0,
    "path.simplify": True,
}


def _for_a_page(markup: str, id: str, title: str, description: str) -> str:
    """Return matplotlib's SVG without style attributes, metadata and unused ids, with a title and a description."""
    root = ElementTree.fromstring(_NO_XML.sub("�", markup))  # noqa: S314 - it was written by matplotlib just now
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', markup))
    names = {old: f"{id}-{number}" for number, old in enumerate(sorted(used))}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _plain_attributes(element, names)
        element.tail = None
        if element.tag != f"{{{_SVG}}}text" and element.tag != f"{{{_SVG}}}tspan":
            element.text = None
    root.attrib.update(
        {
            "class": "plot",
            "role": "img",
            "aria-labelledby": f"{id}-title {id}-description",
            "stroke-linejoin": "round",
            "width": root.attrib["width"].removesuffix("pt"),
            "height": root.attrib["height"].removesuffix("pt"),
        }
    )
    for at, (name, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{_SVG}}}{name}", {"id": f"{id}-{'title' if at == 0 else 'description'}"})
        element.text = readable(text)
        root.insert(at, element)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _plain_attributes(element: ElementTree.Element, names: dict[str, str]) -> None:
    attributes = dict(element.attrib)
    element.attrib.clear()
    for name, value in attributes.items():
        if name == "style":
            for key, given in _declarations(value):
                element.attrib[key] = _VARIABLES.get(given, given)
        elif name == "id":
            if value in names:
                element.attrib["id"] = names[value]
        elif name == f"{{{_XLINK}}}href":
            element.attrib["href"] = f"#{names[value[1:]]}" if value[1:] in names else value
        elif name == "clip-path":
            element.attrib[name] = f"url(#{names[value[5:-1]]})"
        elif name != "version":
            element.attrib[name] = _LONG_NUMBER.sub(r"\1", " ".join(value.split()))


def _declarations(style: str) -> list[tuple[str, str]]:
    found = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":  # older releases of matplotlib: "10px 'DejaVu Sans', ..."
            size = re.search(r"[\d.]+px", value)
            key, value = "font-size", size[0] if size else ""
        if key in _KEPT_STYLES and value:
            found.append((key, value))
    return found
