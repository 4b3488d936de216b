from __future__ import annotations

import numpy as np
import pytest

from harness.models import FakeUpscaler, ImageFacts, Upscaler, load_upscaler, restore
from srmetrics.errors import ModelError


def test_the_fake_is_an_upscaler_whose_output_can_be_told_beforehand() -> None:
    fake = load_upscaler("mine=fake?scale=3&plus=2")
    assert isinstance(fake, Upscaler)
    assert isinstance(FakeUpscaler(), Upscaler)
    image = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    np.testing.assert_array_equal(restore(fake, image, dtype=np.uint8), image.repeat(3, 0).repeat(3, 1) + 2)
    assert fake.description.name == "mine"


def test_a_fault_from_a_spec_hits_only_the_key_that_it_names() -> None:
    fake = load_upscaler("fake?fault=raise&only=b/2")
    restore(fake, np.zeros((2, 2), np.uint8), ImageFacts(key="b/1"))
    with pytest.raises(ModelError, match="asked to fail on 'b/2'"):
        restore(fake, np.zeros((2, 2), np.uint8), ImageFacts(key="b/2"))


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ModelError, match="unknown fault"):
        FakeUpscaler(fault="colour")  # type: ignore[arg-type]
