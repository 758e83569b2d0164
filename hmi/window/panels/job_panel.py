"""Lot, product, operator and the next serial.

Promises: a new lot is begun only where lot, product or operator was changed; the consequence stands beside it.
May import: PySide6, inference, hmi.window.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from hmi.window.panels.panel import Panel
from hmi.window.theme import GAP, Look
from inference.inspection import Job

_FIELDS = ("product", "lot", "operator", "serial")
_LONGEST = 80


class JobPanel(Panel):
    """Four fields."""

    job_asked = Signal(str, str, str)
    """Product, lot, operator id."""
    serial_asked = Signal(str)

    def __init__(self, look: Look, job: Job | None, serial: str) -> None:
        super().__init__(look, look.words.say("job.title"), yes="job.save")
        self._operator_kind = (job.operator_id if job else "operator:").partition(":")[0] or "operator"
        given = (
            job.product if job else "",
            job.lot if job else "",
            job.operator_id.partition(":")[2] if job else "",
            serial,
        )
        self._before = dict(zip(_FIELDS, given, strict=True))
        grid = QGridLayout()
        grid.setSpacing(look.px(GAP))
        self.fields: dict[str, QLineEdit] = {}
        for k, name in enumerate(_FIELDS):
            grid.addWidget(self.label(self.words.say(f"job.{name}"), "caption"), k // 2 * 2, k % 2)
            field = QLineEdit(self._before[name])
            field.setMaxLength(_LONGEST)
            field.setAccessibleName(self.words.say(f"job.{name}"))
            field.textChanged.connect(self._tell_consequence)
            self.fields[name] = field
            grid.addWidget(field, k // 2 * 2 + 1, k % 2)
        self.body.addLayout(grid)
        self.consequence = self.label("", "why")
        self.body.addWidget(self.consequence)
        self.body.addStretch()
        self._tell_consequence()

    def first_field(self) -> QWidget:
        """The lot."""
        self.fields["lot"].selectAll()
        return self.fields["lot"]

    def set_serial(self, serial: str) -> None:
        """A scanner said so."""
        self._before["serial"] = serial
        self.fields["serial"].setText(serial)

    def confirm(self) -> None:
        """Ask for what was changed."""
        now = {name: field.text().strip() for name, field in self.fields.items()}
        if self._new_job():
            self.job_asked.emit(now["product"], now["lot"], f"{self._operator_kind}:{now['operator']}")
        if now["serial"] != self._before["serial"]:
            self.serial_asked.emit(now["serial"])
        self.closed.emit()

    def _new_job(self) -> bool:
        return any(self.fields[name].text().strip() != self._before[name] for name in ("product", "lot", "operator"))

    def _tell_consequence(self) -> None:
        self.consequence.setText(self.words.say("job.why" if self._new_job() else "job.serial_only"))
