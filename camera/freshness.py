"""Tells a picture taken after a trigger from one that was waiting in a buffer.

Promises: pure arithmetic on the seconds it is told. A picture whose age is in doubt counts as old.
May import: the standard library.
"""

from __future__ import annotations

import math

# A stream's clock and ours part by some 0.1 ms in a second; what was learnt about it does not keep.
_KEEPS_S = 10.0
_CATCHING_UP_SHARE = 0.25


class Freshness:
    """Learns how far a stream's time stamps lie behind our clock when no picture waits.

    A buffer that is being emptied shows itself: each picture lags less than all before it. Until that ends, the
    pictures are old. This holds while decoding takes less than three quarters of a period.
    The way from the sensor to us cannot be seen here: a picture counts from its earliest possible arrival.
    """

    def __init__(self, period_s: float) -> None:
        self._noticeable_s = _CATCHING_UP_SHARE * period_s
        self._lag_s = math.inf
        self._last_arrival_s = -math.inf

    def is_new(self, stamp_s: float, arrived_s: float, since_s: float) -> bool:
        """Whether the picture with this stamp of the stream, here at `arrived_s`, was taken at `since_s` or later."""
        if arrived_s - self._last_arrival_s > _KEEPS_S:
            self._lag_s = math.inf
        self._last_arrival_s = arrived_s
        lag_s = arrived_s - stamp_s
        catching_up = lag_s < self._lag_s - self._noticeable_s
        self._lag_s = min(self._lag_s, lag_s)
        return not catching_up and stamp_s + self._lag_s >= since_s
