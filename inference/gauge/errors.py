"""What a gauge says when it cannot measure.

Promises: `str(error)` is one sentence for a person; `error.message` is the same for the record.
May import: inference.message.
"""

from __future__ import annotations

from inference.message import Message, message


class GaugeError(Exception):
    """A characteristic could not be measured in this picture."""

    def __init__(self, reason: Message, sentence: str) -> None:
        super().__init__(sentence)
        self.message = reason

    @property
    def code(self) -> str:
        """The message's code."""
        return self.message.code


def circle_not_found(nominal_px: float) -> GaugeError:
    """No circle of about this diameter is in the picture."""
    return GaugeError(
        message("gauge.circle_not_found", nominal_px=nominal_px),
        f"no circle of about {nominal_px:.0f} px diameter was found in the picture",
    )


def too_few_edges(found: int, rays: int) -> GaugeError:
    """The circle's edge shows on too few rays to be sure of its diameter."""
    return GaugeError(
        message("gauge.too_few_edges", found=found, rays=rays),
        f"the circle's edge was found on only {found} of {rays} rays: too few to measure it",
    )
