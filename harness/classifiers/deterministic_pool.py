"""Adaptive average pooling as two matrix products: torch's own has no repeatable gradient on CUDA."""

from __future__ import annotations

from typing import Any

import torch


class DeterministicAveragePool(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
    """What `torch.nn.AdaptiveAvgPool2d` computes.

    Parameters
    ----------
    size : tuple of int
        Height and width of the output.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, images: Any) -> Any:
        """Average over cells that cover the image, overlapping where its sides are no multiples."""
        rows = _cells(images.shape[-2], self.size[0]).to(images)
        columns = _cells(images.shape[-1], self.size[1]).to(images)
        return rows @ images @ columns.T


def with_deterministic_pools(network: Any) -> Any:
    """Replace the adaptive average pools of more than one cell, as in VGG and AlexNet."""
    for path, module in list(network.named_modules()):
        if isinstance(module, torch.nn.AdaptiveAvgPool2d):
            size = module.output_size if isinstance(module.output_size, tuple) else (module.output_size,) * 2
            if size != (1, 1) and None not in size:
                parent, _, name = path.rpartition(".")
                setattr(network.get_submodule(parent), name, DeterministicAveragePool(size))
    return network


def _cells(length: int, n_cells: int) -> Any:
    """Return the averaging matrix, shape (n_cells, length): cell i spans floor(i L / n) to ceil((i + 1) L / n)."""
    matrix = torch.zeros(n_cells, length)
    for cell in range(n_cells):
        start, stop = cell * length // n_cells, -(-(cell + 1) * length // n_cells)
        matrix[cell, start:stop] = 1 / (stop - start)
    return matrix
