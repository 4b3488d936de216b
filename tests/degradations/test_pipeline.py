"""Steps in order, and the composites that leave order and presence to chance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import pytest
from scipy.stats import chisquare

from degradations.pipeline import (
    ChooseOne,
    EitherOrder,
    InOrder,
    Maybe,
    Shuffled,
    apply_steps,
    draw_steps,
    trace_steps,
)
from degradations.step import Facts, Image, Record, Step
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from srmetrics.errors import StepError

FACTS = Facts.of(np.zeros((8, 12, 3), np.uint8), 4)


@dataclass(frozen=True)
class Digit:
    """Append a decimal digit to every pixel, so that the order of steps can be read off the image."""

    digit: int
    kind: ClassVar[str] = "digit"

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        return {"size": [facts.height, facts.width]}

    def apply(self, image: Image, record: Record) -> Image:
        return image * 10 + self.digit


def run(step: Step, seed: int) -> tuple[Record, int]:
    record = step.draw(np.random.RandomState(seed), FACTS)
    return record, int(step.apply(np.zeros((1, 1), int), record)[0, 0])


def test_steps_run_in_order_and_the_trace_shows_each() -> None:
    steps = [Digit(1), Digit(2), Digit(3)]
    records = draw_steps(steps, np.random.RandomState(0), FACTS)
    image = np.zeros((1, 1), int)
    assert apply_steps(steps, image, records)[0, 0] == 123
    assert [1, 12, 123] == [int(made[0, 0]) for _, _, made in trace_steps(steps, image, records)]
    assert image[0, 0] == 0


def test_a_draw_sees_the_size_that_the_steps_before_it_leave() -> None:
    steps: list[Step] = [
        ToFloat(),
        InOrder((ResizeTo(("opencv-area",), size=(5, 7)), Maybe(1.0, ResizeTo(("opencv-area",), size=(3, 2))))),
        Digit(0),
        ResizeTo(("opencv-area",)),
        Digit(0),
        Quantise(),
    ]
    records = draw_steps(steps, np.random.RandomState(0), FACTS)
    assert [[3, 2], [2, 3]] == [record["size"] for record in (records[2], records[4])]
    assert records[5] == {"dtype": "uint8"}


def test_draws_do_not_depend_on_pixels() -> None:
    steps: list[Step] = [ToFloat(), ResizeBy(("opencv-area", "opencv-bicubic"), (0.2, 0.7, 0.1), 0.15, 1.5)]
    noise = np.random.RandomState(0).randint(0, 256, (8, 12, 3)).astype(np.uint8)
    one = draw_steps(steps, np.random.RandomState(5), Facts.of(noise, 4))
    assert one == draw_steps(steps, np.random.RandomState(5), FACTS)


def test_maybe_is_done_as_often_as_its_probability_says() -> None:
    done = sum(run(Maybe(0.3, Digit(1)), seed)[1] for seed in range(2000))
    assert chisquare([done, 2000 - done], [600, 1400]).pvalue > 0.001


@pytest.mark.parametrize(("probability", "result"), [(0.0, 0), (1.0, 1)])
def test_maybe_at_its_ends_is_never_or_always(probability: float, result: int) -> None:
    assert {result} == {run(Maybe(probability, Digit(1)), seed)[1] for seed in range(50)}


def test_choose_one_follows_its_weights() -> None:
    step = ChooseOne((Digit(1), Digit(2), Digit(3)), (0.2, 0.7, 0.1))
    counts = Counter(run(step, seed)[1] for seed in range(2000))
    assert chisquare([counts[1], counts[2], counts[3]], [400, 1400, 200]).pvalue > 0.001


def test_either_order_swaps_as_often_as_it_says() -> None:
    counts = Counter(run(EitherOrder(Digit(1), Digit(2), 0.25), seed)[1] for seed in range(2000))
    assert set(counts) == {12, 21}
    assert chisquare([counts[12], counts[21]], [1500, 500]).pvalue > 0.001


def test_shuffled_gives_every_order_that_keeps_what_must_stay_in_order() -> None:
    step = Shuffled((Digit(1), Digit(2), Digit(3)), kept_in_order=(0, 2))
    counts = Counter(run(step, seed)[1] for seed in range(3000))
    assert set(counts) == {123, 132, 213}
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_composites_nest_and_say_what_they_leave() -> None:
    half = ResizeTo(("opencv-area",), size=(4, 6))
    step = EitherOrder(ChooseOne((half,), (1.0,)), Shuffled((Digit(0),)), 1.0)
    record = step.draw(np.random.RandomState(0), FACTS)
    assert (4, 6) == (step.facts_after(FACTS, record).height, step.facts_after(FACTS, record).width)
    assert record["draws"][0]["draws"] == [{"size": [8, 12]}]


def test_an_error_names_the_step_that_it_came_from() -> None:
    steps: list[Step] = [ToFloat(), InOrder((Quantise(), Quantise()))]
    image = np.zeros((2, 2), np.uint8)
    records = draw_steps(steps, np.random.RandomState(0), Facts.of(image, 1))
    with pytest.raises(StepError, match=r"^step 2 \(in-order\): step 2 \(quantise\): .*; found uint8"):
        apply_steps(steps, image, records)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Maybe(1.5, Digit(1)),
        lambda: EitherOrder(Digit(1), Digit(2), -0.1),
        lambda: ChooseOne((Digit(1),), (0.5, 0.5)),
        lambda: ChooseOne((), ()),
        lambda: ChooseOne((Digit(1), Digit(2)), (0.7, 0.7)),
        lambda: ChooseOne((Digit(1), Digit(2)), (-0.5, 1.5)),
        lambda: Shuffled((Digit(1),), (1,)),
        lambda: Shuffled((Digit(1), Digit(2)), (0, 0)),
    ],
)
def test_impossible_chances_are_refused(make: object) -> None:
    with pytest.raises(StepError):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("used_before", [True, False])
def test_opencv_works_without_ipp_inside_a_step_and_as_before_outside(used_before: bool) -> None:
    # IPP chooses its code by the processor: with it, other processors gave other pixels.
    seen = []

    @dataclass(frozen=True)
    class Look(Digit):
        def apply(self, image: Image, record: Record) -> Image:
            seen.append(cv2.ipp.useIPP())
            if self.digit == 9:
                raise StepError("stop")
            return image

    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(used_before)
    try:
        apply_steps([InOrder((Look(1),)), Look(2)], np.zeros((1, 1)), [{"draws": [{}]}, {}])
        with pytest.raises(StepError):
            apply_steps([Look(9)], np.zeros((1, 1)), [{}])
        assert [False, False, False] == seen
        assert cv2.ipp.useIPP() == used_before
    finally:
        cv2.ipp.setUseIPP(before)
