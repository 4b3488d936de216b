"""Every Hypothesis strategy of the test suite."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from srmetrics import EvaluationProtocol
from srmetrics.fields import (
    ALPHA_POLICIES,
    COLOURS,
    COVARIANCES,
    DOWNSAMPLINGS,
    EDGES,
    GREY_POLICIES,
    MASKINGS,
    POOLINGS,
    RESIZE_RULES,
    ROUNDINGS,
)


def scores() -> st.SearchStrategy[float]:
    """Finite scores from 0 to 50, as PSNR has them: ties among them, and else no two closer than 1e-9."""
    return st.sampled_from([2, 9]).flatmap(lambda places: st.floats(0, 50).map(lambda value: round(value, places)))


@st.composite
def grouped_values(draw: st.DrawFn) -> tuple[list[float], list[str]]:
    """Scores of 1 to 40 images, and the group of each."""
    values = draw(st.lists(scores(), min_size=1, max_size=40))
    groups = draw(st.lists(st.sampled_from("abcdefgh"), min_size=len(values), max_size=len(values)))
    return values, groups


def odd_floats(least: float, most: float) -> st.SearchStrategy[float]:
    """Draw floats that need all their digits, whole ones, and those at the ends."""
    return st.floats(least, most) | st.integers(int(np.ceil(least)), int(most)).map(float)


@st.composite
def resolved_protocols(draw: st.DrawFn) -> EvaluationProtocol:
    """Draw a protocol without rules, every field of which may be anything."""
    size = draw(st.integers(1, 30)) * 2 + 1
    sigma = draw(odd_floats(0.01, 1000.0))
    centre, width = draw(odd_floats(-1e17, 1e17)), draw(odd_floats(1.0, 1e17).filter(lambda width: width > 1.0))
    above_0 = odd_floats(0.0, 1e18).filter(lambda value: value > 0.0)
    aligns = ["none", "crop", "modcrop-1", "modcrop-12", *(f"resize-{rule}" for rule in RESIZE_RULES)]
    return EvaluationProtocol(
        colour=draw(st.sampled_from(COLOURS)),
        round=draw(st.sampled_from(ROUNDINGS)),
        grey=draw(st.sampled_from(GREY_POLICIES)),
        alpha=draw(st.sampled_from(ALPHA_POLICIES)),
        align=draw(st.sampled_from(aligns)),
        value_window=draw(st.sampled_from(["none", f"{centre}/{width}"])),
        crop=draw(st.integers(0, 10**6)),
        range=draw(st.just("reference-max") | above_0),
        pooling=draw(st.sampled_from(POOLINGS)),
        masking=draw(st.sampled_from(MASKINGS)),
        window=draw(st.sampled_from([f"uniform-{size}", f"gaussian-{size}-{sigma:.17f}"])),
        edges=draw(st.sampled_from(EDGES)),
        covariance=draw(st.sampled_from(COVARIANCES)),
        k=(draw(odd_floats(0.0, 10.0)), draw(odd_floats(0.0, 10.0))),
        downsample=draw(st.sampled_from(DOWNSAMPLINGS)),
        psnr_cap=draw(st.none() | above_0),
        psnr_eps=draw(st.none() | above_0),
    )


PICTURES = ("noise", "flat", "ramp", "checkers", "bright", "blobs")


def picture(kind: str, seed: int, *shape: int) -> NDArray[np.uint8]:
    """Make an 8-bit picture: noise, one grey, a slope, antiphase checkers, nearly white, or smooth with edges."""
    random = np.random.RandomState(seed)
    rows, columns = np.indices(shape[:2])
    plane = (rows if len(shape) == 2 else rows[:, :, None]) * np.ones(shape)
    values = {
        "noise": lambda: random.randint(0, 256, shape),
        "flat": lambda: np.full(shape, random.randint(0, 256)),
        "ramp": lambda: plane * random.randint(1, 9) % 256,
        "checkers": lambda: (
            255 * (((rows + columns + seed) % 2).reshape(*shape[:2], *[1] * (len(shape) - 2)) + 0 * plane)
        ),
        "bright": lambda: 250 + random.randint(0, 6, shape),
        "blobs": lambda: 127 + 120 * np.sign(np.sin(plane / 3 + seed)) * random.rand(),
    }[kind]()
    return np.asarray(values).astype(np.uint8)


@st.composite
def image_pairs(
    draw: st.DrawFn, least: int = 1, most: int = 24, channels: tuple[int, ...] = (1, 3)
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw two 8-bit images of one size, grey or RGB, of any two kinds."""
    height, width = draw(st.integers(least, most)), draw(st.integers(least, most))
    depth = draw(st.sampled_from(channels))
    shape = (height, width) if depth == 1 else (height, width, depth)
    kinds, seeds = st.sampled_from(PICTURES), st.integers(0, 2**16)
    return picture(draw(kinds), draw(seeds), *shape), picture(draw(kinds), draw(seeds), *shape)


@st.composite
def masks(draw: st.DrawFn, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Draw a mask: dots of some density, a disc, a rectangle, or one pixel."""
    random = np.random.RandomState(draw(st.integers(0, 2**16)))
    rows, columns = np.indices(shape)
    top, left = random.randint(shape[0]), random.randint(shape[1])
    return {
        "dots": random.rand(*shape) < random.rand(),
        "disc": (rows - top) ** 2 + (columns - left) ** 2 <= random.randint(1, 1 + max(shape)) ** 2,
        "rectangle": (rows >= top) & (columns >= left),
        "pixel": (rows == top) & (columns == left),
    }[draw(st.sampled_from(["dots", "disc", "rectangle", "pixel"]))]


# How folders of references and of results name their files: (before the key, after it) for either.
NAMINGS = [
    (("", ""), ("", "")),
    (("", "_HR"), ("", "_LR")),
    (("", "_SRF_4_HR"), ("", "_SRF_4_LR")),
    (("", "_HR_x4"), ("", "_RCAN_x4")),
    (("", ""), ("", "x4_SwinIR")),
    (("", ""), ("", "_Swin2SR")),
    (("", "-gt"), ("", ".ours x2")),
    (("", "x8"), ("", "x8_EDSR")),
    (("HR_", ""), ("SR_", "")),
    (("gt-", ""), ("hat-", "")),
    (("ref ", "_HR"), ("", "_out")),
]


@st.composite
def image_names(draw: st.DrawFn) -> list[str]:
    """Draw what images are called: words, numbers, both; none begins with another and a separator, or ends so."""
    word = st.sampled_from(["baby", "bird", "comic", "face", "ppt3", "Zebra", "lena", "s1", "p2", "éa", "写真", "b"])
    number = st.integers(0, 120)
    joined = st.tuples(word, st.sampled_from("_-. "), word).map("".join)
    one_kind = st.sampled_from(
        [
            word,
            joined,
            number.map("img_{:03}".format),
            number.map("{:04}".format),
            number.map("0{}x4-scan".format),
            st.tuples(number, number).map(lambda pair: f"p{pair[0] % 7}_slice_{pair[1] % 9}"),
            st.tuples(word, number).map(lambda pair: f"{pair[0]}.{pair[1] % 5}"),
            word.map("set14_{}".format),
        ]
    )
    return draw(one_kind.flatmap(lambda names: st.lists(names, min_size=1, max_size=14, unique=True)))


def kernel_sizes() -> st.SearchStrategy[int]:
    """Odd sizes of blur kernels, 3 to 25 pixels."""
    return st.integers(1, 12).map(lambda half: 2 * half + 1)


def kernel_sigmas() -> st.SearchStrategy[float]:
    """Deviations of blur kernels, from one pixel alone to a flat square."""
    return st.floats(0.2, 8.0)


def kernel_rotations() -> st.SearchStrategy[float]:
    """Angles of blur kernels in radians, all the way round."""
    return st.floats(-math.pi, math.pi)


def kernel_betas() -> st.SearchStrategy[float]:
    """Shapes of generalised Gaussian and plateau kernels."""
    return st.floats(0.5, 8.0)


@st.composite
def labelled_images(draw: st.DrawFn, *, grouped: bool | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and groups of 12 to 60 images of two to four classes, some of them rare; groups mix classes."""
    count = draw(st.integers(12, 60))
    classes = draw(st.sampled_from(["ab", "abc", "aaaab", "aaaabbbcd"]))
    labels = draw(st.lists(st.sampled_from(classes), min_size=count, max_size=count))
    if draw(st.booleans()) if grouped is None else grouped:
        names = ["", *(f"patient {number}" for number in range(draw(st.integers(4, 20))))]
        groups = draw(st.lists(st.sampled_from(names), min_size=count, max_size=count))
    else:
        groups = [""] * count
    keys = [f"cell/{number:03d}" for number in range(count)]
    return dict(zip(keys, labels, strict=True)), dict(zip(keys, groups, strict=True))


def upscaler_specs() -> st.SearchStrategy[tuple[str, str, str, dict[str, str]]]:
    """Name, kind, rest and options of an upscaler: names and paths as people have them, colons and all."""
    stripped = st.text("abc/\\ :=.&é", max_size=12).filter(lambda text: text.strip() == text)
    name = st.text("abc 1-+.", min_size=1, max_size=6).filter(lambda text: text.strip() == text)
    options = st.dictionaries(
        st.text("abcxyz019_", min_size=1, max_size=8), st.text("abc/=,.:0", max_size=6), max_size=3
    )
    return st.tuples(name, st.sampled_from(["bicubic", "onnx", "my-kind"]), stripped, options)


def tile_layouts() -> st.SearchStrategy[tuple[int, int, int, int]]:
    """Length of an axis, tile, overlap and multiple that go together."""

    def fitted(length: int, inside: int, overlap: int, multiple: int) -> tuple[int, int, int, int]:
        return length, (-(-(inside + 2 * overlap) // multiple) + 1) * multiple, overlap, multiple

    return st.builds(fitted, st.integers(1, 200), st.integers(1, 40), st.integers(0, 20), st.sampled_from([1, 2, 8]))
