"""A network small enough to know its answers by heart, and packages made of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from camera.vision import cv2
from inference.model.manifest import InputSpec, Manifest, Reference
from inference.model.package import sha256

CLASSES = ("good", "bright")


def bright_network() -> bytes:
    """score = mean grey / 255; probabilities = [1 - score, score]; heatmap = grey / 255 of each pixel."""
    nodes = [
        helper.make_node("Cast", ["image"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["f", "white"], ["unit"]),
        helper.make_node("ReduceMean", ["unit", "colour"], ["heatmap"], keepdims=0),
        helper.make_node("ReduceMean", ["unit", "all"], ["score"], keepdims=0),
        helper.make_node("Unsqueeze", ["score", "one"], ["bad"]),
        helper.make_node("Sub", ["unity", "bad"], ["fine"]),
        helper.make_node("Concat", ["fine", "bad"], ["probabilities"], axis=1),
    ]
    constants = [
        numpy_helper.from_array(np.array(255.0, np.float32), "white"),
        numpy_helper.from_array(np.array([3], np.int64), "colour"),
        numpy_helper.from_array(np.array([1, 2, 3], np.int64), "all"),
        numpy_helper.from_array(np.array([1], np.int64), "one"),
        numpy_helper.from_array(np.array([1.0], np.float32), "unity"),
    ]
    outputs = [
        helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2]),
        helper.make_tensor_value_info("heatmap", TensorProto.FLOAT, ["N", "h", "w"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", "H", "W", "C"])
    graph = helper.make_graph(nodes, "bright", [image], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return model.SerializeToString()


def plain_classifier(classes: int = 2, *, softmax: bool = True, names: str | None = None) -> bytes:
    """A classifier as other tools export it: float [N, 3, H, W], RGB 0-1 → [N, K] from the mean of red, green, blue."""
    weights = np.zeros((classes, 3), np.float32)
    weights[0, 0], weights[-1, 2] = 8.0, 8.0  # red speaks for the first class, blue for the last
    nodes = [
        helper.make_node("ReduceMean", ["images", "space"], ["mean"], keepdims=0),
        helper.make_node("Gemm", ["mean", "w"], ["logits" if softmax else "out"], transB=1),
    ]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["logits"], ["out"], axis=1))
    graph = helper.make_graph(
        nodes,
        "plain",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 32, 64])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, classes])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(np.array([2, 3], np.int64), "space")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    if names is not None:
        helper.set_model_props(model, {"names": names})
    return model.SerializeToString()


def write_bright(folder: Path, **changes: object) -> Path:
    """A package of the bright network with two references; `changes` go into its manifest."""
    (folder / "reference").mkdir(parents=True)
    model = bright_network()
    (folder / "model.onnx").write_bytes(model)
    references = []
    for number, (grey, shape) in enumerate([(51, (7, 9)), (204, (5, 4, 3))], start=1):
        name = f"reference/{number:02d}.png"
        content = cv2.imencode(".png", np.full(shape, grey, np.uint8))[1].tobytes()
        (folder / name).write_bytes(content)
        score = grey / 255
        references.append(
            Reference(
                file=name,
                sha256=sha256(content),
                label="good",
                score=score,
                probabilities=(1 - score, score),
                heat_peak=score,
            )
        )
    manifest = Manifest(
        name="bright",
        classes=CLASSES,
        good_class="good",
        input=InputSpec(width=32, height=32),
        threshold=0.5,
        model_sha256=sha256(model),
        references=tuple(references),
    )
    document = manifest.model_dump(mode="json") | changes
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    return folder
