"""Have an encoder exported in a process of its own, where torch may be imported."""

import os
import subprocess
import sys
from pathlib import Path

import rhml_core
from rhml_core.errors import MachineError
from rhml_core.machine.encoding.export import is_exported
from rhml_core.machine.encoding.model_files import OFFLINE
from rhml_core.settings import Precision

EXPORT_TIMEOUT_SECONDS = 600


def export_in_process(source: Path, target: Path, precision: Precision) -> None:
    """
    Make the folder `target` from the model in `source` and wait for it.

    Raises:
        MachineError: the model cannot be exported, or there is no room for it.
    """
    root = str(Path(rhml_core.__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, with paths as arguments
            [
                sys.executable,
                "-m",
                "rhml_core.machine.encoding.export",
                str(source.resolve()),
                str(target.resolve()),
                precision.value,
            ],
            env={**os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            timeout=EXPORT_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(
            f"Preparing the encoder took over {EXPORT_TIMEOUT_SECONDS} seconds. Try again."
        ) from error
    if finished.returncode or not is_exported(target):
        last = (finished.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise MachineError(
            f"The encoder in {source} could not be prepared: {last} "
            f"Is there room in {target.parent}?"
        )
