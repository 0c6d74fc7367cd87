"""What a background job is given to work with."""

from collections.abc import Callable
from dataclasses import dataclass

from rhml_core.jobs.protocol import ProgressLine
from rhml_core.settings import Settings
from rhml_core.store.database import Database
from rhml_core.workflows.live.machine import MachineRoom


@dataclass(frozen=True)
class Desk:
    """
    The open store and the ways to say how far a job is and to hear that it should stop.

    Attributes:
        report: takes progress; may be called often.
        is_cancelled: whether to stop as soon as possible.
    """

    db: Database
    settings: Settings
    machines: MachineRoom
    report: Callable[[ProgressLine], None]
    is_cancelled: Callable[[], bool]
