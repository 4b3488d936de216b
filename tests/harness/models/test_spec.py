from __future__ import annotations

import pytest
from hypothesis import given
from strategies import upscaler_specs

from harness.models.spec import Options, UpscalerSpec, literal, parse_spec
from srmetrics.errors import ModelError


@given(upscaler_specs())
def test_a_spec_written_and_read_again_is_the_same(parts: tuple[str, str, str, dict[str, str]]) -> None:
    name, kind, rest, options = parts
    spec = UpscalerSpec(name, kind, rest, tuple(options.items()))
    assert parse_spec(f"{name}={spec}") == spec


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bicubic", UpscalerSpec("bicubic", "bicubic")),
        ("spandrel:w/x4 plus.pth", UpscalerSpec("x4 plus", "spandrel", "w/x4 plus.pth")),
        ("spandrel:w/x4.pth?self_ensemble=x8", UpscalerSpec("x4+", "spandrel", "w/x4.pth", (("self_ensemble", "x8"),))),
        ("dir:outputs/RCAN/", UpscalerSpec("RCAN", "dir", "outputs/RCAN/")),
        ("dir:outputs/v1.2", UpscalerSpec("v1.2", "dir", "outputs/v1.2")),
        ("python:my.models:make", UpscalerSpec("make", "python", "my.models:make")),
        ("basicsr:EDSR?num_feat=8", UpscalerSpec("EDSR", "basicsr", "EDSR", (("num_feat", "8"),))),
        ("a=b=onnx:x.onnx", None),
        ("mine=spandrel:a=b.pth", UpscalerSpec("mine", "spandrel", "a=b.pth")),
    ],
)
def test_specs_are_read_as_documented(text: str, expected: UpscalerSpec | None) -> None:
    if expected is None:
        with pytest.raises(ModelError, match="does not name an upscaler"):
            parse_spec(text)
    else:
        assert expected == parse_spec(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("weights/x4.pth", ["does not name an upscaler", "spandrel:weights/x4.pth"]),
        ("mine=model.onnx?tile=64", ["write mine=onnx:model.onnx?tile=64."]),
        ("net.pt", ["write spandrel:net.pt; for a TorchScript program, torchscript:net.pt and --allow-code"]),
        ("", ["does not name an upscaler"]),
        ("bicubic?scale", ["no value", "'scale'"]),
        ("bicubic?scale=2&scale=3", ["twice", "'scale'"]),
    ],
)
def test_a_malformed_spec_is_refused_with_what_would_be_right(text: str, words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        parse_spec(text)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_an_option_that_nobody_takes_is_refused_with_a_near_one() -> None:
    options = Options([("tle", "64")], "onnx")
    options.integer("tile")
    with pytest.raises(ModelError, match=r"no such option; found 'tle'; expected tile. Did you mean 'tile'\?"):
        options.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("tile", value) for value in ("-4", "4.5", "0", "", "9" * 30)),
        *(("range", value) for value in ("1", "1:0", "0:nan", "a:b")),
        ("order", "RGB"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_refused_by_name(name: str, value: str) -> None:
    options = Options([(name, value)], "onnx")
    with pytest.raises(ModelError, match=f"{name}= has no such value"):
        {
            "tile": lambda: options.integer("tile", minimum=1),
            "range": lambda: options.span("range", (0, 1)),
            "order": lambda: options.choice("order", ("rgb", "bgr")),
        }[name]()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64", 64),
        ("1e-3", 1e-3),
        ("true", True),
        ("False", False),
        ("none", None),
        ("6,6,6", (6, 6, 6)),
        ("(0.4, 0.5)", (0.4, 0.5)),
        ("pixelshuffle", "pixelshuffle"),
        ("1conv", "1conv"),
        ("__import__('os')", "__import__('os')"),
        ("nearest+conv", "nearest+conv"),
    ],
)
def test_a_value_is_a_literal_where_it_can_be_and_never_an_expression(text: str, value: object) -> None:
    assert literal(text) == value
    assert type(literal(text)) is type(value)
