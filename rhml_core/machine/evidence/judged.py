"""Messages that people judged, as the machine's evidence needs them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.protocol import Floats

N_EXAMPLES = 5


@dataclass(frozen=True)
class Judged:
    """Messages with the label that people gave them; the parts are aligned."""

    message_ids: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def has_label(self, label: str) -> NDArray[np.bool_]:
        """Shape (n,): which messages have a label."""
        return np.array([name == label for name in self.labels], dtype=np.bool_)

    def shares(self, all_labels: Sequence[str]) -> Floats:
        """Shape (n, n_labels): 1.0 where a message has the label."""
        columns = [self.has_label(label) for label in all_labels]
        return np.column_stack(columns).astype(np.float64)

    def some_ids(self, is_chosen: NDArray[np.bool_]) -> tuple[str, ...]:
        """Identifiers of the first few chosen messages."""
        return tuple(self.message_ids[row] for row in np.flatnonzero(is_chosen)[:N_EXAMPLES])
