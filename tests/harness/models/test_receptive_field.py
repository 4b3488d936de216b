from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.models.receptive_field import radius_by_change, radius_by_nan
from harness.models.torch_network import TorchNetwork
from harness.models.upscaler import SizeNeeds

UNIT = (0.0, 1.0)


def stack(torch: Any, kernels: list[int], *middle: Any) -> TorchNetwork:
    """Make a x2 network of one channel, whose radius is the sum of (kernel - 1) / 2."""
    layers: list[Any] = []
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(0)
        for number, kernel in enumerate(kernels):
            last = number == len(kernels) - 1
            layers += [torch.nn.Conv2d(1 if number == 0 else 4, 4, kernel, padding=kernel // 2)]
            layers += [] if last else [torch.nn.ReLU(), *middle]
    return TorchNetwork(torch.nn.Sequential(*layers, torch.nn.PixelShuffle(2)).eval())


@pytest.mark.parametrize("kernels", [[1], [3], [3, 3], [5, 3, 3, 3], [9, 1, 5], [3] * 20, [31, 31, 31]])
def test_nan_reaches_exactly_as_far_as_the_kernels(torch: Any, kernels: list[int]) -> None:
    expected = sum(kernel // 2 for kernel in kernels)
    assert expected == radius_by_nan(stack(torch, kernels), 1, 2, SizeNeeds())


@pytest.mark.parametrize("kernels", [[1], [3], [5, 3, 3, 3], [9, 1, 5]])
def test_changed_pixels_reach_exactly_as_far_as_the_kernels_of_shallow_networks(torch: Any, kernels: list[int]) -> None:
    expected = sum(kernel // 2 for kernel in kernels)
    assert expected == radius_by_change(stack(torch, kernels), 1, 2, SizeNeeds(), UNIT)


def test_a_fixed_input_is_measured_at_its_size(torch: Any) -> None:
    size = SizeNeeds(fixed=(24, 40))
    assert 5 == radius_by_change(stack(torch, [5, 3, 3, 3]), 1, 2, size, UNIT)
    assert None is radius_by_change(stack(torch, [25]), 1, 2, size, UNIT)


@pytest.mark.parametrize("measure", [radius_by_nan, lambda *given: radius_by_change(*given, UNIT)])
def test_a_network_that_looks_at_the_whole_image_has_no_radius(torch: Any, measure: Callable[..., int | None]) -> None:
    class Attention(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, features: Any) -> Any:
            return features * features.mean((2, 3), keepdim=True).sigmoid()

    assert None is measure(stack(torch, [3, 3], Attention()), 1, 2, SizeNeeds())


def test_a_network_that_swallows_nan_has_no_known_radius() -> None:
    def swallow(image: np.ndarray) -> np.ndarray:
        return np.nan_to_num(image).repeat(2, 0).repeat(2, 1)

    assert None is radius_by_nan(swallow, 1, 2, SizeNeeds())
    assert 0 == radius_by_change(swallow, 1, 2, SizeNeeds(), UNIT)
