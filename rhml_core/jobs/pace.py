"""How long a job still takes, from how fast it goes."""

from collections import deque

WINDOW = 20
"""Reports looked back on: enough to be steady, few enough to follow a change of pace."""


class Pace:
    """A running rate of steps."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: deque[tuple[int, float]] = deque(maxlen=WINDOW)

    def seconds_left(self, step: int, n_steps: int, *, at: float) -> float | None:
        """
        Seconds until `n_steps` at the rate of the latest reports, this one included.

        Args:
            step: steps done.
            n_steps: steps in all.
            at: seconds of a clock that only moves forward.

        Returns:
            At least 0; None until two reports show progress.
        """
        self._seen.append((step, at))
        first_step, first_at = self._seen[0]
        if step <= first_step or at <= first_at:
            return None
        return max(0.0, (n_steps - step) * (at - first_at) / (step - first_step))
