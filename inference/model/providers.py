"""What runs the network: TensorRT, CUDA or the CPU, chosen by wish and by what this machine really has.

Promises: nothing here believes a list of what might work. `obstacle` says why a provider cannot run; whether it did
run is asked of the session itself (`inference.model.session`).
May import: platformdirs, inference.message, the standard library.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platformdirs import user_cache_path

from inference.message import Message, message


class ProviderUnavailable(Exception):
    """The provider asked for cannot run here; `str()` says why and what to do."""


class Provider(StrEnum):
    """An execution provider by the name the command line uses."""

    TENSORRT = "tensorrt"
    CUDA = "cuda"
    CPU = "cpu"

    @property
    def runtime_name(self) -> str:
        """ONNX Runtime's name."""
        return {"tensorrt": "Tensorrt", "cuda": "CUDA", "cpu": "CPU"}[self.value] + "ExecutionProvider"

    @property
    def shown(self) -> str:
        """The name people read."""
        return {"tensorrt": "TensorRT", "cuda": "CUDA", "cpu": "CPU"}[self.value]


REQUESTS = ("auto", *(provider.value for provider in Provider))
"""What `--provider` accepts."""


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """What really runs the network, as the session itself said after it was made."""

    provider: str
    """As people read it: `CUDA`, `TensorRT`, `CPU`."""
    requested: str
    device: str
    note: Message | None
    """Why it is not the best one, or None."""
    graph_nodes_on_cpu: int
    warmup_ms: float
    """Making the session and its first run, in milliseconds."""
    run_ms: float
    """Median of the runs after it, in milliseconds."""


@dataclass(frozen=True, slots=True)
class ParityReport:
    """How this machine's answers to the package's references compare with the kept ones."""

    ok: bool
    worst_difference: float
    tolerance: float
    n: int
    """How many references there were; with none, nothing is proven."""


def candidates(requested: str) -> tuple[Provider, ...]:
    """Providers to try, best first. Only `auto` may end on the CPU without being told to."""
    if requested == "auto":
        return tuple(Provider)
    try:
        return (Provider(requested),)
    except ValueError:
        raise ProviderUnavailable(
            f"unknown provider {requested!r}; one of {', '.join(REQUESTS)} is expected."
        ) from None


def obstacle(provider: Provider) -> str | None:
    """Why `provider` cannot run here, as far as that shows before a session is made; None where it may."""
    if provider is Provider.CPU:
        return None
    if _driver() is None:
        return "no NVIDIA driver is installed on this machine"
    if not _gpu_names():
        return "the NVIDIA driver finds no usable GPU"
    if provider is Provider.TENSORRT and not _tensorrt_installed():
        return "TensorRT is not installed"
    return None


def refusal(provider: Provider, reason: str) -> str:
    """The sentence of a `ProviderUnavailable`."""
    return (
        f"{provider.shown} cannot be used: {reason}; "
        "install the driver and `loupe-station[cuda]`, or choose --provider cpu."
    )


def fallback_note(provider: Provider, refused: Sequence[str]) -> Message | None:
    """Worth a note is only the fall to the CPU: CUDA where TensorRT is not installed is what most stations run."""
    if provider is not Provider.CPU or not refused:
        return None
    return message("provider.fallback", used=provider.shown, reason=refused[-1])


def options(provider: Provider) -> dict[str, str]:
    """ONNX Runtime's options of a provider."""
    if provider is Provider.CUDA:
        # An exhaustive search takes seconds a picture size; TF32 would cost the parity with other machines.
        return {"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"}
    if provider is Provider.TENSORRT:
        cache = user_cache_path("loupe", appauthor=False) / "tensorrt"
        return {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(cache), "trt_timing_cache_enable": "1"}
    return {}


def default_threads() -> int:
    """Intra-op threads: one on small CPUs, where a busy screen makes one faster than two; else half the cores."""
    cores = os.cpu_count() or 1
    return 1 if cores <= 4 else min(cores // 2, 8)


def device_name(provider: Provider) -> str:
    """The device a person would name: the GPU's or the processor's model."""
    if provider is Provider.CPU:
        return _cpu_name()
    return next(iter(_gpu_names()), "GPU")


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _driver() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None


def _gpu_names() -> list[str]:
    """Names of the GPUs the driver can use (CUDA driver API: cuInit, cuDeviceGetCount, cuDeviceGetName)."""
    driver = _driver()
    count = ctypes.c_int(0)
    if driver is None or driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return []
    names: list[str] = []
    for index in range(count.value):
        name = ctypes.create_string_buffer(128)
        driver.cuDeviceGetName(name, len(name), index)
        names.append(name.value.decode("utf-8", "replace"))
    return names


def _tensorrt_installed() -> bool:
    return importlib.util.find_spec("tensorrt_libs") is not None or ctypes.util.find_library("nvinfer") is not None
