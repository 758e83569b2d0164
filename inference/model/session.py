"""`ModelSession`: a model package that runs, on the provider asked for and never silently on another.

Promises: plain and synchronous, used on one thread. What a session runs on is what it says after it was made, and
timed. This is the only module that imports onnxruntime at run time.
May import: onnxruntime, numpy, inference.model, inference.message.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
import numpy.typing as npt

# A station tells nobody what it does. Read by the library when it is imported; later calls come too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

from inference.message import Message
from inference.model.judgement import Judgement, JudgingFailed, decide, difference
from inference.model.package import ModelPackage, PackageError
from inference.model.preprocess import Batch, PictureRejected, as_batch
from inference.model.providers import (
    ParityReport,
    Provider,
    ProviderReport,
    ProviderUnavailable,
    candidates,
    default_threads,
    device_name,
    fallback_note,
    obstacle,
    options,
    refusal,
)

Arrays = list[npt.NDArray[np.float32]]

ort: Any = onnxruntime  # it has no type stubs
# The runtime writes its own lines on stderr where a provider fails; we say it in one sentence instead.
_FATAL_ONLY = 4
ort.set_default_logger_severity(_FATAL_ONLY)
_native: dict[str, Any] = ort.capi.onnxruntime_pybind11_state.__dict__
_ERRORS = (RuntimeError, ValueError, *(t for t in _native.values() if isinstance(t, type) and issubclass(t, Exception)))
_TIMED_RUNS = 3
_NEEDED = {"classify": ("score", "probabilities"), "anomaly": ("score",)}
_WANTED = {"classify": ("score", "probabilities", "heatmap"), "anomaly": ("score", "heatmap", "nearest")}
"""Outputs by the manifest's task: those without which nothing can be judged, and all that are asked for."""
_FREE = (0, 0, 0)


class Graph:
    """One ONNX graph on one provider. With `shape` (height, width, channels) its free dimensions are fixed, so that
    the provider can plan memory and choose its kernels once.

    Raises:
        PackageError: the graph is not valid ONNX, or lacks an output asked for.
        ProviderUnavailable: the provider could not be loaded, or another one took its place.

    """

    def __init__(
        self,
        model: bytes,
        outputs: Sequence[str],
        provider: Provider,
        threads: int,
        shape: tuple[int, int, int] = _FREE,
    ) -> None:
        self._session: Any = _create(model, provider, threads, shape)
        self._input: str = self._session.get_inputs()[0].name
        known = {output.name for output in self._session.get_outputs()}
        self.outputs = [name for name in outputs if name in known]
        self._device = "cpu" if provider is Provider.CPU else "cuda"
        self._bound: _BoundRun | None = None
        if shape != _FREE and provider is not Provider.CPU:
            self._bound = _BoundRun(self._session, self._input, self.outputs, (1, *shape), self._device)

    def run(self, batch: Batch) -> Arrays:
        """The outputs for uint8 [N, H, W, C]."""
        if self._bound is not None:
            return self._bound.run(batch)
        return cast("Arrays", self._session.run(self.outputs, {self._input: batch}))

    def nodes_on_cpu(self) -> int:
        """How many nodes of the graph the CPU runs."""
        subgraphs: Any = self._session.get_provider_graph_assignment_info()
        return sum(len(part.get_nodes()) for part in subgraphs if part.ep_name == Provider.CPU.runtime_name)


class _BoundRun:
    """Runs with input and outputs that stay on the device (I/O binding): one copy in, one copy out."""

    def __init__(
        self, session: Any, input_name: str, outputs: Sequence[str], shape: tuple[int, ...], device: str
    ) -> None:
        self._session = session
        self._value = ort.OrtValue.ortvalue_from_shape_and_type(shape, np.uint8, device, 0)
        self._binding: Any = session.io_binding()
        self._binding.bind_ortvalue_input(input_name, self._value)
        for name in outputs:
            self._binding.bind_output(name, device, 0)

    def run(self, batch: Batch) -> Arrays:
        self._value.update_inplace(batch)
        self._session.run_with_iobinding(self._binding)
        return cast("Arrays", self._binding.copy_outputs_to_cpu())


def _create(model: bytes, provider: Provider, threads: int, shape: tuple[int, int, int]) -> Any:
    reason = obstacle(provider)
    if reason is not None:
        raise ProviderUnavailable(refusal(provider, reason))
    missing = "" if provider is Provider.CPU else _preload()
    wanted = [(provider.runtime_name, options(provider))]
    if provider is Provider.TENSORRT:
        Path(options(provider)["trt_engine_cache_path"]).mkdir(parents=True, exist_ok=True)
        wanted.append((Provider.CUDA.runtime_name, options(Provider.CUDA)))
    if provider is not Provider.CPU:
        wanted.append((Provider.CPU.runtime_name, {}))
    try:
        # Without `enable_fallback=0` the runtime would change the provider by itself and print so on stdout.
        session: Any = ort.InferenceSession(
            model, _session_options(threads, shape), providers=wanted, enable_fallback=0
        )
    except _ERRORS as error:
        if provider is Provider.CPU:
            raise PackageError(
                f"the network is not a graph that ONNX Runtime can run ({_first_line(error)})."
            ) from error
        raise ProviderUnavailable(refusal(provider, _first_line(error))) from error
    if session.get_providers()[0] != provider.runtime_name:
        raise ProviderUnavailable(refusal(provider, missing or "its libraries (CUDA 13, cuDNN 9) cannot be loaded"))
    return session


def _preload() -> str:
    """Load CUDA and cuDNN from their wheels. The runtime prints what is missing; here it is the reason, "" if all is
    there."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        ort.preload_dlls()
    return printed.getvalue().strip().partition("\n")[0]


def _session_options(threads: int, shape: tuple[int, int, int]) -> Any:
    made = ort.SessionOptions()
    made.intra_op_num_threads = threads
    made.inter_op_num_threads = 1
    made.log_severity_level = _FATAL_ONLY
    made.add_session_config_entry("session.intra_op.allow_spinning", "0")
    made.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    if shape != _FREE:
        for name, value in zip("NHWC", (1, *shape), strict=True):
            made.add_free_dimension_override_by_name(name, value)
    return made


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]


class ModelSession:
    """One package, opened once, then asked for one picture at a time."""

    def __init__(self, package: ModelPackage, provider: str = "auto", threads: int | None = None) -> None:
        self.package = package
        self.requested = provider
        self._threads = threads or default_threads()
        self._provider = Provider.CPU
        self._outputs = _WANTED[package.manifest.task]
        self._graphs: dict[tuple[int, int, int], Graph] = {}
        self._fixed: tuple[int, int, int] | None = None
        self._report: ProviderReport | None = None

    @property
    def report(self) -> ProviderReport:
        """What runs the network. Raises RuntimeError before `open`."""
        if self._report is None:
            raise RuntimeError("the session is not open")
        return self._report

    def open(self, size: tuple[int, int] | None = None, channels: int = 3) -> ProviderReport:
        """Make the session for pictures of `size` (width, height), warm it up and time it.

        Pictures of another size are judged by a second session whose dimensions are free. With `size` None only
        that one is made.

        Raises:
            ProviderUnavailable: the provider asked for does not work here.
            PackageError: the network cannot be run at all.

        """
        channels = _channels(self.package, channels)
        self._fixed = None if size is None else (size[1], size[0], channels)
        spec = self.package.manifest.input
        example = np.full((1, *(self._fixed or (spec.height, spec.width, channels))), 127, np.uint8)
        started = time.perf_counter()
        self._provider, graph, note = self._first_that_works(example)
        first_ms = (time.perf_counter() - started) * 1e3
        self._graphs = {self._fixed or _FREE: graph}
        self._report = ProviderReport(
            provider=self._provider.shown,
            requested=self.requested,
            device=device_name(self._provider),
            note=note,
            graph_nodes_on_cpu=graph.nodes_on_cpu(),
            warmup_ms=first_ms,
            run_ms=median(_timed_ms(graph, example) for _ in range(_TIMED_RUNS)),
        )
        return self._report

    def judge(self, image: npt.NDArray[Any], significant_bits: int = 8, threshold: float | None = None) -> Judgement:
        """Judge one picture: uint8 or uint16, [H, W] or [H, W, 3] (BGR). `threshold` None: the package's own.

        Raises:
            JudgingFailed: this picture cannot be judged; the next may be.

        """
        try:
            batch = as_batch(image, significant_bits, self.package.manifest.input.channels)
            outputs = self._run(batch)
        except (PictureRejected, *_ERRORS) as error:
            raise JudgingFailed(f"the network could not judge the picture: {_first_line(error)}") from error
        manifest = self.package.manifest
        score = float(outputs["score"][0])
        probabilities: dict[str, float] = {}
        if "probabilities" in outputs:
            probabilities = dict(zip(manifest.classes, outputs["probabilities"][0].tolist(), strict=True))
        limit = manifest.threshold if threshold is None else threshold
        label, ok = decide(manifest, score, probabilities, limit)
        heatmap = outputs["heatmap"][0] if "heatmap" in outputs else None
        nearest = int(outputs["nearest"][0]) if "nearest" in outputs else None
        return Judgement(score, label, probabilities, heatmap, limit, ok, manifest.region_threshold, nearest)

    def raw(self, image: npt.NDArray[Any]) -> None:
        """The bare run on the same input as `judge`, nothing done with its answer: what `loupe bench` compares with."""
        self._run(as_batch(image, 8, self.package.manifest.input.channels))

    def parity(self) -> ParityReport:
        """Run the package's references on this machine and compare with what is kept."""
        spec = self.package.manifest.input
        runs = [(case, self._run(as_batch(case.image, 8, spec.channels))) for case in self.package.references]
        # numpy's maximum keeps a NaN, Python's loses it.
        worst = float(np.max([0.0, *(difference(case.expected, outputs) for case, outputs in runs)]))
        tolerance = self.package.manifest.tolerance
        return ParityReport(worst <= tolerance, worst, tolerance, len(self.package.references))

    def close(self) -> None:
        """Let the sessions go. May be called twice."""
        self._graphs = {}

    def _run(self, batch: Batch) -> dict[str, npt.NDArray[np.float32]]:
        # A camera of the size announced may be grey or colour: both get a graph of their own.
        key = batch.shape[1:] if self._fixed is not None and batch.shape[1:3] == self._fixed[:2] else _FREE
        if key not in self._graphs:
            self._graphs[key] = Graph(self.package.model, self._outputs, self._provider, self._threads, key)
        graph = self._graphs[key]
        return dict(zip(graph.outputs, graph.run(batch), strict=True))

    def _first_that_works(self, example: Batch) -> tuple[Provider, Graph, Message | None]:
        refused: list[str] = []
        for provider in candidates(self.requested):
            try:
                shape = self._fixed or _FREE
                graph = Graph(self.package.model, self._outputs, provider, self._threads, shape)
                self._check(graph, example, provider)
            except ProviderUnavailable as error:
                refused.append(str(error))
                continue
            return provider, graph, fallback_note(provider, refused)
        raise ProviderUnavailable(refused[-1])

    def _check(self, graph: Graph, example: Batch, provider: Provider) -> None:
        """The first run: it also shows whether a GPU that loaded its libraries can compute at all."""
        needed = _NEEDED[self.package.manifest.task]
        if not set(needed) <= set(graph.outputs):
            names = " and ".join(f"`{name}`" for name in needed)
            raise PackageError(f"{self.package.path}: the network has no outputs named {names}.")
        try:
            outputs = graph.run(example)
        except _ERRORS as error:
            if provider is Provider.CPU:
                raise PackageError(f"{self.package.path}: the network cannot run ({_first_line(error)}).") from error
            raise ProviderUnavailable(refusal(provider, _first_line(error))) from error
        named = dict(zip(graph.outputs, outputs, strict=True))
        if "probabilities" in named and named["probabilities"].shape[-1] != len(self.package.manifest.classes):
            raise PackageError(
                f"{self.package.path}: the network tells {named['probabilities'].shape[-1]} classes apart, "
                f"its manifest names {len(self.package.manifest.classes)}."
            )


def _timed_ms(graph: Graph, batch: Batch) -> float:
    started = time.perf_counter()
    graph.run(batch)
    return (time.perf_counter() - started) * 1e3


def _channels(package: ModelPackage, camera: int) -> int:
    wanted = package.manifest.input.channels
    return camera if wanted == "any" else wanted
