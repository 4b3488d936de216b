"""Every Hypothesis strategy of the test suite."""

from __future__ import annotations

from hypothesis import strategies as st


def scores() -> st.SearchStrategy[float]:
    """Finite scores from 0 to 50, as PSNR has them: ties among them, and else no two closer than 1e-9."""
    return st.sampled_from([2, 9]).flatmap(lambda places: st.floats(0, 50).map(lambda value: round(value, places)))


@st.composite
def grouped_values(draw: st.DrawFn) -> tuple[list[float], list[str]]:
    """Scores of 1 to 40 images, and the group of each."""
    values = draw(st.lists(scores(), min_size=1, max_size=40))
    groups = draw(st.lists(st.sampled_from("abcdefgh"), min_size=len(values), max_size=len(values)))
    return values, groups
