"""Text and lines stand out from what is behind them, in light and dark: WCAG 2.2, 1.4.3 and 1.4.11."""

from __future__ import annotations

import re

import pytest

from harness.report.render import packaged

BLOCK = re.compile(r"(:root[^{]*)\{([^}]*)\}")
VARIABLE = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});")
TEXT = [
    *((front, behind) for front in ("ink", "muted", "accent") for behind in ("paper", "panel")),
    ("accent-ink", "accent"), ("ink", "mark"), ("accent", "mark"), ("paper", "ink"),
]  # fmt: skip
LINES = [("edge", "paper"), *((f"series-{number}", "paper") for number in range(8))]


def themes() -> dict[str, dict[str, str]]:
    found = {selector.strip(): dict(VARIABLE.findall(body)) for selector, body in BLOCK.findall(packaged("page.css"))}
    return {selector: variables for selector, variables in found.items() if variables}


def luminance(colour: str) -> float:
    # WCAG 2.2, relative luminance.
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WebAIM's example of what just fails


def test_there_is_a_light_and_a_dark_theme_and_choosing_dark_is_what_the_system_gives() -> None:
    found = themes()
    assert list(found) == [":root", ':root:not([data-theme="light"])', ':root[data-theme="dark"]']
    light, system, chosen = found.values()
    assert system == chosen
    assert set(light) == set(chosen)


@pytest.mark.parametrize("theme", [0, 2], ids=["light", "dark"])
def test_text_is_at_least_four_and_a_half_to_one(theme: int) -> None:
    colours = list(themes().values())[theme]
    faint = {(front, behind) for front, behind in TEXT if contrast(colours[front], colours[behind]) < 4.5}
    assert faint == set()


@pytest.mark.parametrize("theme", [0, 2], ids=["light", "dark"])
def test_borders_and_lines_are_at_least_three_to_one(theme: int) -> None:
    colours = list(themes().values())[theme]
    faint = {(front, behind) for front, behind in LINES if contrast(colours[front], colours[behind]) < 3}
    assert faint == set()
