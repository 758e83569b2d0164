"""The graphs of teaching: a frozen backbone with its entrance, and the same with the taught heads on top.

Promises: what is taught is what runs. Features come out of the very graph that the heads are joined to.
May import: onnx, numpy, inference.model.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from inference.model.entrance import IR_VERSION, OPSET, entrance, image_input, swap_red_and_blue

Floats = npt.NDArray[np.float32]

EMBEDDING = "embedding"
MAPS = ("stride8", "stride16", "stride32")
MAP_CHANNELS = (40, 112, 320)
STRIDE = 32
"""Input sizes are multiples of this."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """Class logits as weights [K, D] and bias [K]."""

    weights: Floats
    bias: Floats


def backbone_bytes() -> bytes:
    """The shipped EfficientNet-Lite0 (see its NOTICE.md)."""
    return (files("resources") / "models" / "efficientnet_lite0" / "backbone.onnx").read_bytes()


def feature_graph(width: int, height: int) -> ModelProto:
    """From image to embedding [N, D] and the backbone's maps.

    The embedding is the backbone's own, then mean and maximum of each map over the picture: what is everywhere, and
    what is anywhere.
    """
    if width % STRIDE or height % STRIDE:
        raise ValueError(f"{width} x {height} is not a multiple of {STRIDE}")
    model = onnx.load_model_from_string(backbone_bytes())
    swap_red_and_blue(model, "pixels")
    _rename(model, EMBEDDING, "features.mean")
    door = entrance("pixels", width, height, shift=127.0, scale=1 / 128)
    graph = model.graph
    nodes = [*door.nodes, *graph.node, *_pooling()]
    constants = [*door.constants, *graph.initializer, _axes("pool.axes", (2, 3))]
    outputs = [helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["N", "D"])]
    outputs += [_map_info(name, channels) for name, channels in zip(MAPS, MAP_CHANNELS, strict=True)]
    return finished(nodes, outputs, constants, "features")


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """All that is taught."""

    image: LinearHead
    """Reads the embedding."""
    cells: LinearHead
    """Reads each cell of the three maps, brought to the finest by linear interpolation."""
    judge: LinearHead | None
    """Reads the image head's K log-probabilities and the cells' K strongest evidences; None without a good class."""
    good: int | None
    """Index of the good class."""


def join(features: ModelProto, heads: Heads) -> ModelProto:
    """The whole network: image → score, probabilities, heatmap, embedding.

    The cell head is linear, so it is applied before the interpolation: K channels grow instead of 472. The heat map is
    1 − P(good) of a cell; without a good class, the probability of what the whole picture was called.
    """
    parts = [*_cell_head(heads), *_image_head(heads), *_score(heads.good), *_heat(heads.good)]
    nodes = [*features.graph.node, *(node for node, _ in parts if node is not None)]
    constants = [*features.graph.initializer, *(constant for _, constants in parts for constant in constants)]
    classes = int(heads.image.bias.shape[0])
    outputs = [
        helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes]),
        helper.make_tensor_value_info("heatmap", TensorProto.FLOAT, ["N", "h", "w"]),
        helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["N", "D"]),
    ]
    return finished(nodes, outputs, constants, "loupe")


_Part = tuple[NodeProto | None, list[TensorProto]]


def _image_head(heads: Heads) -> list[_Part]:
    parts = [_linear(EMBEDDING, heads.image, "image")]
    if heads.judge is None or heads.good is None:
        return [*parts, (helper.make_node("Softmax", ["image.logits"], ["probabilities"], axis=1), [])]
    return [
        *parts,
        (helper.make_node("LogSoftmax", ["image.logits"], ["image.log"], axis=1), []),
        (helper.make_node("Gather", ["cell.logits", "good.kept"], ["cell.good.logit"], axis=1), []),
        (helper.make_node("Sub", ["cell.logits", "cell.good.logit"], ["cell.excess"]), []),
        (helper.make_node("ReduceMax", ["cell.excess", "pool.axes"], ["cell.evidence"], keepdims=0), []),
        (helper.make_node("Concat", ["image.log", "cell.evidence"], ["judge.input"], axis=1), []),
        _linear("judge.input", heads.judge, "judge"),
        (helper.make_node("Softmax", ["judge.logits"], ["probabilities"], axis=1), []),
        (None, [_axes("good.kept", (heads.good,))]),
    ]


def _score(good: int | None) -> list[_Part]:
    if good is None:
        # Every class is a defect: P(not good) is 1. Sum and clip keep it a function of the picture (NaN stays NaN).
        return [
            (helper.make_node("ReduceSum", ["probabilities", "axis.1"], ["score.sum"], keepdims=0), []),
            (helper.make_node("Clip", ["score.sum", "zero", "one"], ["score"]), _bounds()),
            (None, [_axes("axis.1", (1,))]),
        ]
    return [
        (_gather("probabilities", "score.good"), [_index(good)]),
        (helper.make_node("Sub", ["one", "score.good"], ["score"]), _bounds()),
    ]


def _cell_head(heads: Heads) -> list[_Part]:
    head = heads.cells
    ends = np.cumsum(MAP_CHANNELS)
    parts: list[_Part] = []
    grown: list[str] = []
    for name, weights in zip(MAPS, np.split(head.weights, ends[:-1], axis=1), strict=True):
        kernel, logits = f"cell.{name}.weights", f"cell.{name}"
        inputs = [name, kernel] if grown else [name, kernel, "cell.bias"]
        constants = [_constant(kernel, weights[:, :, None, None])]
        parts.append((helper.make_node("Conv", inputs, [logits]), constants))
        grown.append(logits if not grown else f"{logits}.grown")
        if len(grown) > 1:
            factor = 2.0 ** (len(grown) - 1)
            parts.append(
                (
                    helper.make_node("Resize", [logits, "", f"{logits}.factor"], [grown[-1]], mode="linear"),
                    [_constant(f"{logits}.factor", np.array([1, 1, factor, factor]))],
                )
            )
    return [
        *parts,
        (None, [_constant("cell.bias", head.bias)]),
        (helper.make_node("Sum", grown, ["cell.logits"]), []),
        (helper.make_node("Softmax", ["cell.logits"], ["cell.probabilities"], axis=1), []),
    ]


def _heat(good: int | None) -> list[_Part]:
    if good is not None:
        return [
            (_gather("cell.probabilities", "cell.good"), []),
            (helper.make_node("Sub", ["one", "cell.good"], ["heatmap"]), []),
        ]
    return [
        (helper.make_node("Unsqueeze", ["probabilities", "pool.axes"], ["cell.picture"]), []),
        (helper.make_node("Mul", ["cell.probabilities", "cell.picture"], ["cell.agreement"]), []),
        (helper.make_node("ReduceSum", ["cell.agreement", "axis.1"], ["heatmap"], keepdims=0), []),
    ]


def _pooling() -> list[NodeProto]:
    nodes: list[NodeProto] = []
    pooled = ["features.mean"]
    for name in MAPS:
        for kind, operator in (("mean", "ReduceMean"), ("max", "ReduceMax")):
            pooled.append(f"{name}.{kind}")
            nodes.append(helper.make_node(operator, [name, "pool.axes"], [pooled[-1]], keepdims=0))
    return [*nodes, helper.make_node("Concat", pooled, [EMBEDDING], axis=1)]


def _linear(source: str, head: LinearHead, name: str) -> _Part:
    constants = [_constant(f"{name}.weights", head.weights), _constant(f"{name}.bias", head.bias)]
    gemm = helper.make_node("Gemm", [source, f"{name}.weights", f"{name}.bias"], [f"{name}.logits"], transB=1)
    return gemm, constants


def _rename(model: ModelProto, old: str, new: str) -> None:
    for node in model.graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new


def finished(
    nodes: list[NodeProto], outputs: list[onnx.ValueInfoProto], constants: list[TensorProto], name: str
) -> ModelProto:
    """A whole model from `image` to `outputs`, checked."""
    graph = helper.make_graph(nodes, name, [image_input()], outputs, constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="loupe"
    )
    onnx.checker.check_model(model)  # pyright: ignore[reportUnknownMemberType] (onnx leaves PathLike open)
    return model


def _map_info(name: str, channels: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", channels, f"{name}.h", f"{name}.w"])


def _gather(source: str, target: str) -> NodeProto:
    return helper.make_node("Gather", [source, "good"], [target], axis=1)


def _index(good: int) -> TensorProto:
    return numpy_helper.from_array(np.array(good, np.int64), "good")


def _axes(name: str, axes: tuple[int, ...]) -> TensorProto:
    return numpy_helper.from_array(np.array(axes, np.int64), name)


def _constant(name: str, values: npt.NDArray[np.floating]) -> TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name)


def _bounds() -> list[TensorProto]:
    return [_constant("zero", np.array(0.0)), _constant("one", np.array(1.0))]
