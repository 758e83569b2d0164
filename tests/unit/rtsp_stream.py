"""A small real RTSP camera for tests: motion JPEG over RTP inside the RTSP connection, on 127.0.0.1.

RTSP 1.0 is RFC 2326 (interleaved data: 10.12), JPEG in RTP is RFC 2435, RTP is RFC 3550.
"""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time

from camera.vision import cv2

_CLOCK_HZ = 90_000
_PAYLOAD_BYTES = 1400
_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=t\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 26\r\na=framerate:{rate}\r\na=control:trackID=0\r\n"
)


class RtspCamera:
    """Sends `render(n)` (uint8 BGR, sides multiples of 16) for n = 0, 1, … until stalled or closed."""

    def __init__(self, render, rate_hz=25):
        self._render = render
        self._rate_hz = rate_hz
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closed = threading.Event()
        self.stalled = threading.Event()
        self.sent = itertools.count()
        self._thread = threading.Thread(target=self._serve, name="rtsp-camera")

    @property
    def address(self):
        return f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/main"

    def __enter__(self):
        self._listener.settimeout(0.05)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closed.set()
        self._thread.join(5)
        self._listener.close()
        assert not self._thread.is_alive()

    def _serve(self):
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with client:
                try:
                    self._talk(client)
                except OSError:
                    continue

    def _talk(self, client):
        client.settimeout(0.05)
        while not self._closed.is_set():
            request = _receive(client, self._closed)
            if not request:
                return
            method, sequence = request.split(" ", 1)[0], request.split("CSeq: ", 1)[1].split("\r\n", 1)[0]
            client.sendall(_answer(method, sequence, _SDP.format(rate=self._rate_hz)).encode())
            if method == "PLAY":
                self._send_pictures(client)
                return

    def _send_pictures(self, client):
        packets = itertools.count()
        begin = time.monotonic()
        client.settimeout(2)
        for tick in itertools.count():
            self._closed.wait(max(0.0, begin + tick / self._rate_hz - time.monotonic()))
            if self._closed.is_set() or _hung_up(client):
                return
            if self.stalled.is_set():
                continue
            jpeg = cv2.imencode(".jpg", self._render(next(self.sent)))[1].tobytes()
            stamp = round(tick / self._rate_hz * _CLOCK_HZ) & 0xFFFFFFFF
            for payload, last in _jpeg_payloads(jpeg):
                rtp = struct.pack("!BBHII", 0x80, 26 | last << 7, next(packets) & 0xFFFF, stamp, 7) + payload
                client.sendall(struct.pack("!cBH", b"$", 0, len(rtp)) + rtp)


def _receive(client, closed):
    text = b""
    while b"\r\n\r\n" not in text and not closed.is_set():
        try:
            more = client.recv(4096)
        except TimeoutError:
            continue
        if not more:
            return ""
        text += more
    return text.decode()


def _hung_up(client):
    client.settimeout(0)
    try:
        return client.recv(4096) == b""
    except BlockingIOError:
        return False
    finally:
        client.settimeout(2)


def _answer(method, sequence, sdp):
    headers, body = [f"CSeq: {sequence}"], ""
    if method == "OPTIONS":
        headers.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
    elif method == "DESCRIBE":
        body = sdp
        headers += ["Content-Type: application/sdp", f"Content-Length: {len(sdp)}"]
    elif method == "SETUP":
        headers += ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1"]
    else:
        headers.append("Session: 1")
    return "RTSP/1.0 200 OK\r\n" + "\r\n".join(headers) + "\r\n\r\n" + body


def _jpeg_payloads(jpeg):
    """The payloads of one picture, each with whether it is the last. Tables go along (Q = 255); 4:2:0 is type 1."""
    tables, height, width, scan = _take_apart(jpeg)
    for at in range(0, len(scan), _PAYLOAD_BYTES):
        head = struct.pack("!IBBBB", at, 1, 255, width // 8, height // 8)
        if at == 0:
            head += struct.pack("!BBH", 0, 0, len(tables)) + tables
        yield head + scan[at : at + _PAYLOAD_BYTES], at + _PAYLOAD_BYTES >= len(scan)


def _take_apart(jpeg):
    tables, height, width, at = b"", 0, 0, 2
    while True:
        kind, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        segment = jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        if kind == 0xDB:
            tables += b"".join(segment[n + 1 : n + 65] for n in range(0, len(segment), 65))
        elif kind == 0xC0:
            height, width = struct.unpack("!HH", segment[1:5])
        elif kind == 0xDA:
            return tables, height, width, jpeg[at:-2]
