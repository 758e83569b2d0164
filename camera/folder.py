"""Image files as a source: a folder with its sub-folders, in one order on every machine, and single files.

Promises: a picture that cannot be read whole is `UnreadableFrame`, never a half-grey picture; names may hold any
character; a folder that changes while it is read is no fault.
May import: numpy, camera.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.frame import Picture, PixelFormat
from camera.integrity import damage
from camera.source import (
    CameraError,
    CameraLost,
    CameraUnavailable,
    EndOfSource,
    Pacing,
    SourceNotFound,
    UnreadableFrame,
)
from camera.vision import cv2

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def list_images(folder: Path) -> list[Path]:
    """All image files below `folder`, in code-point order of their relative POSIX paths.

    Links to files are followed, links to folders are not (they may run in circles).

    Raises:
        SourceNotFound: no such folder, a file instead of one, or no image in it.
        CameraUnavailable: a folder may not be read.

    """
    if not folder.exists():
        raise SourceNotFound(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise SourceNotFound(f"{folder}: this is a file; a folder of images is expected")
    found = [Path(top, name) for top, _, names in os.walk(folder, onerror=_refuse) for name in names if _is_image(name)]
    if not found:
        raise SourceNotFound(f"{folder}: the folder holds no image; files ending in {', '.join(SUFFIXES)} are read")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def read_picture(path: Path, name: str) -> Picture:
    """Read one image file whole; `name` is what the record will call it.

    8-bit grey stays `MONO8`, 16-bit grey `MONO16`; colour becomes `BGR8` (of 16-bit colour the upper 8 bits), alpha is
    dropped. Pixels are as stored: a note on turning the picture (EXIF) is not followed.

    Raises:
        UnreadableFrame: with the reason.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFrame(name, f"the file cannot be read ({error.strerror})") from error
    reason = damage(data)
    if reason is not None:
        raise UnreadableFrame(name, reason)
    return _as_picture(_decode(data, name), name)


class FolderSource:
    """A folder of images, one after the other, on demand. With `loop` it begins anew with what is there by then."""

    pacing = Pacing.ON_DEMAND
    live = False
    period_s = None

    def __init__(self, path: Path | str, *, loop: bool = True) -> None:
        self._folder = Path(path)
        self._loop = loop
        self._files: list[Path] = []
        self._next = 0

    @property
    def name(self) -> str:
        """The folder's path."""
        return printable(str(self._folder))

    def open(self) -> None:
        """List the images; after a `close` in the middle it goes on where it was. Raises as `list_images`."""
        if self._next >= len(self._files):
            self._files = list_images(self._folder)
            self._next = 0

    def grab(self, timeout_s: float) -> Picture:  # noqa: ARG002 (the protocol's; a file is there or not)
        """The next image.

        Raises UnreadableFrame; EndOfSource after the last unless it loops; CameraLost where it loops and by now
        nothing is left.
        """
        if self._next >= len(self._files):
            self._begin_anew()
        path = self._files[self._next]
        self._next += 1
        return read_picture(path, printable(path.relative_to(self._folder).as_posix()))

    def close(self) -> None:
        """Nothing to let go."""

    def _begin_anew(self) -> None:
        if not self._loop:
            raise EndOfSource(f"{self.name}: all {len(self._files)} images are used up")
        try:
            self.open()
        except CameraError as error:
            raise CameraLost(str(error)) from error


def printable(name: str) -> str:
    """A file's name as the record can hold it: bytes that are no UTF-8 stand as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _refuse(error: OSError) -> None:
    raise CameraUnavailable(f"{error.filename}: the folder cannot be read ({error.strerror})") from error


def _decode(data: bytes, name: str) -> npt.NDArray[Any]:
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise UnreadableFrame(name, f"the image cannot be decoded ({error.err or 'decoder error'})") from error
    if image is None:  # pyright: ignore[reportUnnecessaryComparison] (the stub does not say that it may be)
        raise UnreadableFrame(name, "this is not an image that can be read, or it is damaged")
    return np.asarray(image)


def _as_picture(image: npt.NDArray[Any], name: str) -> Picture:
    if image.dtype.name not in ("uint8", "uint16"):
        raise UnreadableFrame(name, f"the pixels are {image.dtype}; 8 or 16 bits each are expected")
    if image.ndim == 2:
        if image.dtype == np.uint8:
            return Picture(image, PixelFormat.MONO8, name)
        return Picture(image, PixelFormat.MONO16, name, significant_bits=16)
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    return Picture(np.ascontiguousarray(image[:, :, :3]), PixelFormat.BGR8, name)
