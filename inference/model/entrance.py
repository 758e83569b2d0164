"""The entrance of every graph of ours: from the camera's uint8 [N, H, W, C] to the network's float [N, 3, h, w].

Promises: resizing, grey to colour and normalisation are ONNX nodes, so no two programs can disagree about them.
May import: onnx, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 8
INPUT = "image"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Nodes and constants that end in the tensor the network wants."""

    nodes: list[NodeProto]
    constants: list[TensorProto]


def image_input() -> ValueInfoProto:
    """uint8 [N, H, W, C]; the session fixes these names to the camera's size."""
    return helper.make_tensor_value_info(INPUT, TensorProto.UINT8, ["N", "H", "W", "C"])


def entrance(output: str, width: int, height: int, *, shift: float, scale: float) -> Entrance:
    """Nodes from `image` to `output`, float32 [N, 3, height, width] = (x - shift) * scale, channels as the camera's.

    The order is the quickest measured on a CPU (640 x 512 grey: 0.7 ms, one thread): transpose the bytes, then cast,
    shrink with anti-aliasing, and only then repeat a grey channel.
    """
    nodes = [
        helper.make_node("Transpose", [INPUT], ["door.nchw"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["door.nchw"], ["door.float"], to=TensorProto.FLOAT),
        helper.make_node(
            "Resize",
            ["door.float", "", "", "door.size"],
            ["door.sized"],
            axes=[2, 3],
            mode="linear",
            antialias=1,
            coordinate_transformation_mode="half_pixel",
        ),
        helper.make_node("Sub", ["door.sized", "door.shift"], ["door.centred"]),
        helper.make_node("Mul", ["door.centred", "door.scale"], ["door.scaled"]),
        # [1, 3, 1, 1] makes three channels of one and leaves three as they are.
        helper.make_node("Expand", ["door.scaled", "door.colour"], [output]),
    ]
    constants = [
        numpy_helper.from_array(np.array([height, width], np.int64), "door.size"),
        numpy_helper.from_array(np.array(shift, np.float32), "door.shift"),
        numpy_helper.from_array(np.array(scale, np.float32), "door.scale"),
        numpy_helper.from_array(np.array([1, 3, 1, 1], np.int64), "door.colour"),
    ]
    return Entrance(nodes, constants)


def swap_red_and_blue(model: ModelProto, pixels: str) -> None:
    """Make a network that was taught on RGB take BGR, at no cost: turn the input channels of its first convolutions.

    Raises:
        ValueError: something else than a convolution reads `pixels`.

    """
    constants = {constant.name: constant for constant in model.graph.initializer}
    for node in (node for node in model.graph.node if pixels in node.input):
        if node.op_type != "Conv" or node.input[1] not in constants:
            raise ValueError(f"{node.op_type} reads the picture; only a convolution can be turned")
        weights = constants[node.input[1]]
        turned = np.ascontiguousarray(numpy_helper.to_array(weights)[:, ::-1])
        weights.CopyFrom(numpy_helper.from_array(turned, weights.name))
