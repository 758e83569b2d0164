"""Bare `.onnx` classifiers of other tools, given the entrance and the exits of our own graphs.

Promises: what cannot be understood for certain is refused with one sentence. Boxes and anomaly maps come later.
May import: onnx, numpy, inference.model.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.version_converter import convert_version

from inference.model.entrance import INPUT, OPSET, entrance, image_input
from inference.model.manifest import InputSpec, Manifest
from inference.model.package import PackageError, sha256

_GOOD_NAMES = ("good", "ok", "normal")
_ANOMALY_CLASSES = ("good", "defect")
_FREE_SIDE = 224
_Refusal = ValueError


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the foreign network takes and gives."""

    input_name: str
    output_name: str
    width: int
    height: int
    classes: tuple[str, ...]


def adopt(content: bytes, path: str, name: str) -> tuple[Manifest, bytes]:
    """Manifest and network for a bare `.onnx`.

    One of our own graphs is taken as it is, with class names from its metadata (`names`) or numbered ones. A network
    with one float [N, 3, H, W] input and one [N, K] output gets our entrance, RGB 0–1 (the convention of the
    Ultralytics classifiers), and our exits.

    Raises:
        PackageError: it is not ONNX, or no classifier.

    """
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)  # pyright: ignore[reportUnknownMemberType] (onnx leaves PathLike open)
    except (onnx.checker.ValidationError, ValueError, RuntimeError, _decode_error()) as error:
        raise PackageError(f"{path}: is not an ONNX model.") from error
    try:
        if _is_ours(model):
            return _own_manifest(model, content, name), content
        shape = _shape(model)
        adopted = _adopted(model, shape).SerializeToString()
    except _Refusal as error:
        raise PackageError(f"{path}: {error}.") from error
    return _manifest(name, shape, adopted), adopted


def _decode_error() -> type[Exception]:
    from google.protobuf.message import DecodeError

    return DecodeError


def _is_ours(model: ModelProto) -> bool:
    outputs = _outputs(model)
    exits = {"score", "probabilities"} <= outputs or {"score", "heatmap"} <= outputs
    return [item.name for item in model.graph.input] == [INPUT] and exits


def _outputs(model: ModelProto) -> set[str]:
    return {item.name for item in model.graph.output}


def _own_manifest(model: ModelProto, content: bytes, name: str) -> Manifest:
    probabilities = next((item for item in model.graph.output if item.name == "probabilities"), None)
    # Without probabilities it is one of our networks for anomalies, whose threshold is always 0.5.
    classes = _ANOMALY_CLASSES if probabilities is None else _names(model, _dims(probabilities)[-1])
    return Manifest(
        task="anomaly" if probabilities is None else "classify",
        name=name,
        classes=classes,
        good_class=_good(classes),
        input=InputSpec(width=_FREE_SIDE, height=_FREE_SIDE),
        threshold=0.5,
        model_sha256=sha256(content),
    )


def _manifest(name: str, shape: _Shape, model: bytes) -> Manifest:
    return Manifest(
        name=name,
        classes=shape.classes,
        good_class=_good(shape.classes),
        input=InputSpec(width=shape.width, height=shape.height),
        threshold=0.5,
        model_sha256=hashlib.sha256(model).hexdigest(),
    )


def _shape(model: ModelProto) -> _Shape:
    constants = {constant.name for constant in model.graph.initializer}
    inputs = [item for item in model.graph.input if item.name not in constants]
    if len(inputs) != 1 or len(model.graph.output) != 1:
        raise _Refusal(f"has {len(inputs)} inputs and {len(model.graph.output)} outputs; a classifier has one of each")
    into, out = _dims(inputs[0]), _dims(model.graph.output[0])
    if len(into) != 4 or into[1] != 3 or inputs[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise _Refusal("takes no float picture [N, 3, H, W]")
    if len(out) != 2 or out[1] < 2:
        raise _Refusal("gives no class probabilities [N, K]; only classifiers can be used without a package")
    return _Shape(
        inputs[0].name,
        model.graph.output[0].name,
        into[3] or _FREE_SIDE,
        into[2] or _FREE_SIDE,
        _names(model, out[1]),
    )


def _dims(info: onnx.ValueInfoProto) -> list[int]:
    """The dimensions; 0 for a free one."""
    return [dim.dim_value for dim in info.type.tensor_type.shape.dim]


def _names(model: ModelProto, count: int) -> tuple[str, ...]:
    """Class names from the metadata, as Ultralytics writes them: `{0: 'good', 1: 'scratch'}`."""
    if count < 1:
        raise _Refusal("does not say how many classes it tells apart")
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    try:
        raw: object = ast.literal_eval(metadata.get("names", "None"))
    except (ValueError, SyntaxError):
        raw = None
    values: list[object] = list(raw.values()) if isinstance(raw, dict) else []  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] (a literal of any kind)
    names = tuple(str(value) for value in values)
    return names if len(names) == count == len(set(names)) else tuple(f"class_{i}" for i in range(count))


def _good(classes: tuple[str, ...]) -> str | None:
    return next((name for name in classes if name.lower() in _GOOD_NAMES), None)


def _adopted(model: ModelProto, shape: _Shape) -> ModelProto:
    version = next((entry.version for entry in model.opset_import if entry.domain in {"", "ai.onnx"}), OPSET)
    if version < OPSET:
        model = convert_version(model, OPSET)
    pixels = shape.input_name
    door = entrance("door.bgr", shape.width, shape.height, shift=0.0, scale=1 / 255)
    rgb = helper.make_node("Gather", ["door.bgr", "door.rgb"], [pixels], axis=1)
    order = numpy_helper.from_array(np.array([2, 1, 0], np.int64), "door.rgb")
    exits, constants = _exits(model, shape)
    graph = helper.make_graph(
        [*door.nodes, rgb, *model.graph.node, *exits],
        "adopted",
        [image_input()],
        [
            helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", len(shape.classes)]),
        ],
        [*door.constants, order, *model.graph.initializer, *constants],
    )
    imports = [entry for entry in model.opset_import if entry.domain not in {"", "ai.onnx"}]
    imports.append(helper.make_opsetid("", max(version, OPSET)))
    return helper.make_model(graph, opset_imports=imports, ir_version=model.ir_version)


def _exits(model: ModelProto, shape: _Shape) -> tuple[list[NodeProto], list[TensorProto]]:
    """Logits become probabilities; a network that ends in a softmax already gives them."""
    last = next(node for node in model.graph.node if shape.output_name in node.output)
    kind = "Identity" if last.op_type == "Softmax" else "Softmax"
    # [N, K]: the softmax's own default is the last axis.
    nodes = [helper.make_node(kind, [shape.output_name], ["probabilities"])]
    good = _good(shape.classes)
    one = numpy_helper.from_array(np.array(1.0, np.float32), "exit.one")
    if good is None:
        axis = numpy_helper.from_array(np.array([1], np.int64), "exit.axis")
        return [*nodes, helper.make_node("ReduceSum", ["probabilities", "exit.axis"], ["score"], keepdims=0)], [axis]
    index = numpy_helper.from_array(np.array(shape.classes.index(good), np.int64), "exit.good")
    nodes.append(helper.make_node("Gather", ["probabilities", "exit.good"], ["exit.p"], axis=1))
    nodes.append(helper.make_node("Sub", ["exit.one", "exit.p"], ["score"]))
    return nodes, [one, index]
