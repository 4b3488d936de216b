"""A small residual network for one channel: seven 3 x 3 convolutions, three stages, 77,000 parameters."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from harness.classifiers.classifier import ClassifierDescription
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.spec import Request
from harness.classifiers.torch_classifier import TorchClassifier
from harness.classifiers.training import take_training_settings
from harness.models.torch_network import check_device

WIDTHS = (16, 32, 64)
"""Channels of the three stages; the second and third halve the image."""


class ResidualBlock(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Two convolutions beside a shortcut.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", CVPR 2016.
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        self.shortcut: Any = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride=stride, bias=False), nn.BatchNorm2d(channels_out)
            )

    def forward(self, images: Any) -> Any:
        """Return the block's output, after its last ReLU."""
        return torch.relu(self.body(images) + self.shortcut(images))


def small_resnet(n_classes: int, channels: int) -> Any:
    """Return an untrained network for images of any size from 4 pixels each way."""
    return nn.Sequential(
        nn.Conv2d(channels, WIDTHS[0], 3, padding=1, bias=False),
        nn.BatchNorm2d(WIDTHS[0]),
        nn.ReLU(inplace=True),
        ResidualBlock(WIDTHS[0], WIDTHS[0], 1),
        ResidualBlock(WIDTHS[0], WIDTHS[1], 2),
        ResidualBlock(WIDTHS[1], WIDTHS[2], 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(WIDTHS[2], n_classes),
    )


def build(request: Request) -> TorchClassifier:
    """Make ``small-resnet``; ``channels=3`` lets it see colours."""
    request.refuse_variants()
    settings = take_training_settings(request.options)
    preprocessing = Preprocessing(request.options.size(), request.options.channels("1"))
    device = check_device(torch, request.options.text("device") or request.permissions.device)
    description = ClassifierDescription(
        request.name,
        request.spec,
        preprocessing.size,
        preprocessing.channels,
        f"{preprocessing.words}; standardised by the training part's mean and deviation; {settings.words}",
        needs_torch=True,
        device=device,
    )
    return TorchClassifier(description, small_resnet, preprocessing, settings)
