"""Weights files that hold something else are refused with what they hold, and nothing in them runs."""

from __future__ import annotations

import contextlib
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from harness.models import LoadSettings, load_upscaler
from harness.models.weights import digest_of, read_tensors, state_dict_of
from srmetrics.errors import WeightsError


class Touches:
    """Runs when it is unpickled: it touches a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.canary,)


class Evaluates(Touches):
    """Runs when it is unpickled, through a builtin."""

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (f"__import__('pathlib').Path({str(self.canary)!r}).touch()",)


def plain_pickle(torch: Any, file: Path, payload: object) -> None:
    file.write_bytes(pickle.dumps({"params": payload}))


def torch_archive(torch: Any, file: Path, payload: object) -> None:
    torch.save({"params": {"weight": torch.zeros(2), "extra": payload}}, file)


def legacy_torch_file(torch: Any, file: Path, payload: object) -> None:
    torch.save({"params": payload}, file, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize("payload", [Touches, Evaluates])
@pytest.mark.parametrize("write", [plain_pickle, torch_archive, legacy_torch_file])
@pytest.mark.parametrize("suffix", [".pth", ".pt", ".ckpt"])
@pytest.mark.parametrize("kind", ["spandrel:{}", "basicsr:MSRResNet?weights={}"])
def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(
    torch: Any, tmp_path: Path, payload: type, write: Any, suffix: str, kind: str
) -> None:
    canary, file = tmp_path / "canary", tmp_path / f"evil{suffix}"
    write(torch, file, payload(canary))
    with pytest.raises(WeightsError) as caught:
        load_upscaler(kind.format(file), LoadSettings(allow_code=True))
    assert not canary.exists()
    text = str(caught.value)
    assert all(words in text for words in ("evil", "would run", "nothing of it was run", ".safetensors")), text
    # The file is live: torch's own unsafe reading runs it, and only then sees that a plain pickle is none of its files.
    with contextlib.suppress(RuntimeError):
        torch.load(file, weights_only=False)
    assert canary.exists()


def test_a_pickled_module_is_refused_by_the_name_of_its_class(torch: Any, tmp_path: Path) -> None:
    torch.save(torch.nn.Conv2d(1, 1, 1), tmp_path / "whole.pth")
    with pytest.raises(WeightsError, match=r"would run.*found torch\.nn\.modules\.conv\.Conv2d"):
        read_tensors(tmp_path / "whole.pth", "this test")


@pytest.mark.data
def test_the_checkpoint_that_was_mangled_as_text_is_refused_as_corrupt(data_folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"corrupt_checkpoint.pt: .*is corrupt.*took it for text.*Download it again"):
        load_upscaler(f"spandrel:{data_folder}/weights/corrupt_checkpoint.pt")


def truncated(torch: Any, file: Path) -> None:
    torch.save({"weight": torch.zeros(1000)}, file)
    file.write_bytes(file.read_bytes()[:2000])


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda torch, file: None, "no such weights file"),
        (lambda torch, file: file.mkdir(), "are a folder"),
        (lambda torch, file: file.touch(), "is empty"),
        (lambda torch, file: file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid"), "git lfs pull"),
        (lambda torch, file: file.write_bytes(b"<!DOCTYPE html><html>"), "web page"),
        (lambda torch, file: file.write_bytes(b"\x00" * 5000), "cannot be read"),
        (lambda torch, file: file.write_bytes(bytes(range(256)) * 40), "cannot be read"),
        (lambda torch, file: zipfile.ZipFile(file, "w").close(), "cannot be read"),
        (truncated, "cannot be read"),
        (lambda torch, file: torch.save([1, 2], file), "no named weights"),
        (lambda torch, file: torch.save({"epoch": 3}, file), "no architecture is known"),
        (lambda torch, file: torch.save({"weight": torch.zeros(3)}, file), "no architecture is known"),
    ],
)
def test_a_file_that_holds_no_weights_is_named_with_what_it_holds(
    torch: Any, tmp_path: Path, write: Any, words: str
) -> None:
    file = tmp_path / "model.pth"
    write(torch, file)
    with pytest.raises(WeightsError, match=words) as caught:
        load_upscaler(f"spandrel:{file}")
    assert str(caught.value).startswith(str(file))


def test_a_spec_without_a_file_says_so(torch: Any) -> None:
    with pytest.raises(WeightsError, match="no weights file is named"):
        load_upscaler("spandrel:")


def test_averaged_weights_are_preferred_and_a_key_can_be_named(torch: Any, tmp_path: Path) -> None:
    plain, averaged = {"module.a": torch.zeros(1)}, {"a": torch.ones(1)}
    loaded = {"params": plain, "params_ema": averaged, "iteration": 5}
    assert 1 == state_dict_of(loaded, "f")["a"].item()
    assert 0 == state_dict_of(loaded, "f", "params")["a"].item()
    with pytest.raises(WeightsError, match="no weights under 'ema'; found params, params_ema, iteration"):
        state_dict_of(loaded, "f", "ema")


def test_safetensors_are_read(torch: Any, tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    safetensors.save_file({"a": torch.arange(3.0)}, tmp_path / "a.safetensors")
    assert [0, 1, 2] == read_tensors(tmp_path / "a.safetensors", "this test")["a"].tolist()
    (tmp_path / "b.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(WeightsError, match="cannot be read"):
        read_tensors(tmp_path / "b.safetensors", "this test")


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert digest_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
