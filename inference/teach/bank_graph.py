"""The graph of a memory bank: from the backbone's maps to distances, heat map, score and the nearest good patch.

Promises: what was measured in teaching is what runs: projection, bank and limits are constants of the graph, and the
search is one matrix product.
May import: onnx, numpy, inference.teach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from inference.teach.graph import EMBEDDING, MAP_CHANNELS, MAPS, finished
from inference.teach.limits import WORST_CELLS
from inference.teach.projection import Projection

Floats = npt.NDArray[np.float32]

CELLS = "cells"
_SMOOTH = np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0]) / 16


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """All that is taught from good parts."""

    projection: Projection
    patches: Floats
    """[M, D]: projected patches of good parts."""
    local: Floats
    """[h, w]: the local limit of each cell."""
    threshold: float
    """In units of the local limit."""


def cell_graph(features: ModelProto, projection: Projection) -> ModelProto:
    """From the image to `cells` [N, D + 1, h, w]: the projected maps on the grid of the finest.

    The last channel is 1, so that the bank's own lengths ride along in the product.
    """
    nodes, constants = _cells(projection)
    output = helper.make_tensor_value_info(CELLS, TensorProto.FLOAT, ["N", len(projection.bias) + 1, "h", "w"])
    return finished([*features.graph.node, *nodes], [output], [*features.graph.initializer, *constants], "loupe cells")


def bank_graph(features: ModelProto, bank: Bank) -> ModelProto:
    """From the image to score [N], heatmap [N, h, w], embedding [N, D], nearest int64 [N].

    With r the distance of a cell in units of its limit and t the threshold, heat is r / (r + t) of the smoothed r, and
    the score the same of the mean of the worst cells: 0.5 is the threshold, and 1 is never reached. `nearest` is the
    row of the bank that is nearest to the worst cell.
    """
    nodes, constants = _cells(bank.projection)
    height, width = bank.local.shape
    nodes += [*_distance(), *_score(), *_heat(), *_nearest()]
    constants += [*_bank_constants(bank), *_shape_constants(bank, height, width)]
    outputs = [
        helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"]),
        helper.make_tensor_value_info("heatmap", TensorProto.FLOAT, ["N", height, width]),
        helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["N", "D"]),
        helper.make_tensor_value_info("nearest", TensorProto.INT64, ["N"]),
    ]
    return finished([*features.graph.node, *nodes], outputs, [*features.graph.initializer, *constants], "loupe anomaly")


def bank_matrix(patches: Floats) -> Floats:
    """[M, D + 1]: times a cell with its 1 it gives |b|² − 2 a·b − 1, which with the cell's own |a|² + 1 makes the
    squared distance."""
    lengths = np.einsum("md,md->m", patches, patches, dtype=np.float64) - 1
    return np.concatenate([-2 * patches, lengths[:, None].astype(np.float32)], axis=1)


def _cells(projection: Projection) -> tuple[list[NodeProto], list[TensorProto]]:
    """As linear maps commute with interpolation, D channels grow and not 472."""
    nodes: list[NodeProto] = []
    constants = [_floats("cell.bias", np.append(projection.bias, 1.0))]
    grown: list[str] = []
    ends = np.cumsum(MAP_CHANNELS)[:-1]
    for level, (name, weights) in enumerate(zip(MAPS, np.split(projection.weights, ends, axis=1), strict=True)):
        kernel = np.concatenate([weights, np.zeros((1, weights.shape[1]))])[:, :, None, None]
        constants.append(_floats(f"{name}.kernel", kernel))
        bias = [] if level else ["cell.bias"]
        nodes.append(helper.make_node("Conv", [name, f"{name}.kernel", *bias], [f"{name}.cells"]))
        grown.append(f"{name}.cells" if level == 0 else f"{name}.grown")
        if level:
            constants.append(_floats(f"{name}.factor", np.array([1, 1, 2.0**level, 2.0**level])))
            inputs = [f"{name}.cells", "", f"{name}.factor"]
            nodes.append(helper.make_node("Resize", inputs, [grown[-1]], mode="linear"))
    return [*nodes, helper.make_node("Sum", grown, [CELLS])], constants


def _distance() -> list[NodeProto]:
    # Cells are the rows: the least of a row is found thirty times as quickly as that of a column.
    return [
        helper.make_node("Reshape", [CELLS, "cell.flat"], ["cell.columns"]),
        helper.make_node("Transpose", ["cell.columns"], ["cell.rows"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["cell.rows", "bank"], ["bank.product"]),
        helper.make_node("ReduceMin", ["bank.product", "axis.2"], ["bank.least"], keepdims=0),
        helper.make_node("ReduceSumSquare", ["cell.rows", "axis.2"], ["cell.length"], keepdims=0),
        helper.make_node("Add", ["bank.least", "cell.length"], ["bank.squared"]),
        helper.make_node("Max", ["bank.squared", "zero"], ["bank.positive"]),
        helper.make_node("Sqrt", ["bank.positive"], ["bank.distance"]),
        helper.make_node("Mul", ["bank.distance", "limit.inverse"], ["ratio"]),
    ]


def _score() -> list[NodeProto]:
    return [
        helper.make_node("TopK", ["ratio", "worst.count"], ["worst.ratio", "worst.cell"], axis=1),
        helper.make_node("ReduceMean", ["worst.ratio", "axis.1"], ["worst.mean"], keepdims=0),
        helper.make_node("Add", ["worst.mean", "threshold"], ["score.below"]),
        helper.make_node("Div", ["worst.mean", "score.below"], ["score"]),
    ]


def _heat() -> list[NodeProto]:
    return [
        helper.make_node("Reshape", ["ratio", "heat.grid"], ["heat.ratio"]),
        helper.make_node("Pad", ["heat.ratio", "heat.pads"], ["heat.wide"], mode="edge"),
        helper.make_node("Conv", ["heat.wide", "heat.kernel"], ["heat.smooth"]),
        helper.make_node("Squeeze", ["heat.smooth", "axis.1"], ["heat.above"]),
        helper.make_node("Add", ["heat.above", "threshold"], ["heat.below"]),
        helper.make_node("Div", ["heat.above", "heat.below"], ["heatmap"]),
    ]


def _nearest() -> list[NodeProto]:
    return [
        helper.make_node("ArgMax", ["ratio"], ["nearest.cell"], axis=1, keepdims=1),
        helper.make_node("Unsqueeze", ["nearest.cell", "axis.2"], ["nearest.place"]),
        helper.make_node("Expand", ["nearest.place", "nearest.shape"], ["nearest.places"]),
        helper.make_node("GatherElements", ["cell.rows", "nearest.places"], ["nearest.patch"], axis=1),
        helper.make_node("MatMul", ["nearest.patch", "bank"], ["nearest.product"]),
        helper.make_node("ArgMin", ["nearest.product"], ["nearest.row"], axis=2, keepdims=0),
        helper.make_node("Squeeze", ["nearest.row", "axis.1"], ["nearest"]),
    ]


def _bank_constants(bank: Bank) -> list[TensorProto]:
    return [
        _floats("bank", bank_matrix(bank.patches).T),
        _floats("limit.inverse", 1 / bank.local.reshape(1, -1).astype(np.float64)),
        _floats("threshold", np.array(bank.threshold)),
        _floats("zero", np.array(0.0)),
        _floats("heat.kernel", _SMOOTH[None, None]),
    ]


def _shape_constants(bank: Bank, height: int, width: int) -> list[TensorProto]:
    channels = len(bank.projection.bias) + 1
    return [
        _whole("cell.flat", [0, channels, height * width]),
        _whole("heat.grid", [-1, 1, height, width]),
        _whole("heat.pads", [0, 0, 1, 1, 0, 0, 1, 1]),
        _whole("axis.1", [1]),
        _whole("axis.2", [2]),
        _whole("worst.count", [WORST_CELLS]),
        _whole("nearest.shape", [1, 1, channels]),
    ]


def _floats(name: str, values: npt.NDArray[np.floating]) -> TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name)


def _whole(name: str, values: list[int]) -> TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)
