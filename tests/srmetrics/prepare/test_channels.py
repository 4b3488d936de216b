"""Alpha, grey and RGB: which channels are scored against which."""

from __future__ import annotations

import numpy as np
import pytest

from srmetrics.errors import ChannelError
from srmetrics.prepare.channels import reconcile, split_alpha

GREY = np.arange(6, dtype=np.uint8).reshape(2, 3)
RGB = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
ALPHA = GREY + 100
SAME = np.dstack([GREY, GREY, GREY])


@pytest.mark.parametrize("policy", ["error", "drop", "composite"])
@pytest.mark.parametrize("image", [GREY, RGB])
def test_without_alpha_nothing_is_done(image: np.ndarray, policy: str) -> None:
    colours, alpha = split_alpha(image, policy, "reference")
    assert colours is image
    assert alpha is None


@pytest.mark.parametrize("colours", [GREY, RGB])
def test_alpha_is_dropped_or_handed_on(colours: np.ndarray) -> None:
    image = np.dstack([colours, ALPHA])
    dropped, nothing = split_alpha(image, "drop", "reference")
    np.testing.assert_array_equal(colours, dropped)
    assert nothing is None
    kept, alpha = split_alpha(image, "composite", "reference")
    np.testing.assert_array_equal(colours, kept)
    np.testing.assert_array_equal(ALPHA, alpha)


@pytest.mark.parametrize(("channels", "colours"), [(2, GREY), (4, RGB)])
def test_alpha_is_refused_unless_the_protocol_says_what_to_do(channels: int, colours: np.ndarray) -> None:
    with pytest.raises(ChannelError) as caught:
        split_alpha(np.dstack([colours, ALPHA]), "error", "candidate")
    assert str(caught.value) == (
        f"the candidate has an alpha channel; found {channels} channels; expected grey or RGB. Say what to do with it: "
        "--alpha drop or --alpha composite (over white)."
    )
    with pytest.raises(ChannelError, match=f"found {channels} channels, the last one the same everywhere; expected"):
        split_alpha(np.dstack([colours, np.full_like(GREY, 255)]), "error", "candidate")


@pytest.mark.parametrize("grey", ["keep", "expand"])
@pytest.mark.parametrize("image", [GREY, RGB])
def test_images_of_one_kind_go_together(image: np.ndarray, grey: str) -> None:
    other = image + 1
    assert reconcile(image, other, grey) == (image, other, ())


def test_expand_leaves_both_to_the_conversion() -> None:
    assert reconcile(GREY, RGB, "expand") == (GREY, RGB, ())
    assert reconcile(RGB, GREY, "expand") == (RGB, GREY, ())


def test_three_equal_channels_are_collapsed_where_the_other_image_has_one() -> None:
    reference, candidate, notes = reconcile(GREY, SAME, "keep")
    assert reference is GREY
    np.testing.assert_array_equal(GREY, candidate)
    assert notes == ("the candidate's three equal channels were collapsed to one, as the reference has one",)
    reference, candidate, notes = reconcile(SAME, GREY, "keep")
    np.testing.assert_array_equal(GREY, reference)
    assert candidate is GREY
    assert notes == ("the reference's three equal channels were collapsed to one, as the candidate has one",)


def test_nan_equals_nan_where_channels_are_compared() -> None:
    holes = np.where(GREY > 2, GREY, np.nan)
    _, candidate, notes = reconcile(GREY, np.dstack([holes] * 3), "keep")
    np.testing.assert_array_equal(holes, candidate)
    assert notes


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_one_channel_against_three_that_differ_is_refused(odd: int) -> None:
    colour = SAME.copy()
    colour[1, 2, odd] += 1
    for pair, one, three in [((GREY, colour), "reference", "candidate"), ((colour, GREY), "candidate", "reference")]:
        with pytest.raises(ChannelError) as caught:
            reconcile(*pair, "keep")
        assert str(caught.value) == (
            f"the {one} has one channel and the {three} has three that differ; expected the same number of channels, "
            "or three equal ones. To score grey images as RGB: --grey expand, or grey='expand' in the protocol."
        )
