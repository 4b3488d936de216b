"""A page by keyboard alone: where Tab leads, in which order, and whether it is seen."""

from __future__ import annotations

from dataclasses import dataclass

from browser.scripts import script
from playwright.sync_api import Page


@dataclass(frozen=True)
class Walk:
    """What Tab found, from the page's top to its end."""

    stops: int
    faults: list[str]


def walk(page: Page) -> Walk:
    """Press Tab from the top of a page to its end.

    A stop is a fault where it is not seen to have the focus or lies outside the window; so is a control that Tab
    does not reach, one that it reaches out of the page's order, and a place that it does not leave.
    """
    expected = page.evaluate(script("stops"))
    faults: list[str] = []
    reached: list[int] = []
    for _ in range(2 * len(expected) + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate(script("stop"))
        if stop is None or (reached and stop["place"] == reached[0]):
            break
        if not stop["seen"]:
            faults.append(f"the focus is not seen on {stop['markup']}")
        if not stop["inside"]:
            faults.append(f"outside the window: {stop['markup']}")
        if stop["place"] >= 0:  # a box that scrolls may be a stop without saying so
            reached.append(stop["place"])
    else:
        faults.append("Tab does not come to the end of the page")
    faults += [f"Tab does not reach {expected[place]}" for place in sorted(set(range(len(expected))) - set(reached))]
    if reached != sorted(reached):
        at = next(at for at in range(1, len(reached)) if reached[at] < reached[at - 1])
        faults.append(f"Tab goes back from {expected[reached[at - 1]]} to {expected[reached[at]]}")
    return Walk(len(reached), faults)
