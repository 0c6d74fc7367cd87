"""A run's files: sealed when it is made, verified whenever it is used."""

import json
from dataclasses import dataclass
from pathlib import Path

from rhml_core.errors import MachineError
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.export import BODY
from rhml_core.machine.encoding.model_files import file_sha256, write_json
from rhml_core.machine.heads.head import LinearHead, load_head

MANIFEST = "manifest.json"
HEAD = "head.npz"
RESULT = "result.json"
PREDICTIONS = "predictions.parquet"
CONCEPTS = "concepts.json"
EMBEDDINGS = "embeddings.npy"
MODEL = "model"


@dataclass(frozen=True)
class LoadedRun:
    """
    A trained run ready to be asked.

    Attributes:
        labels: in the order of the head's probabilities.
        encoder_id: whose embeddings the head reads.
        encoder: the run's own tuned body; None where the head reads the base encoder's.
    """

    labels: tuple[str, ...]
    head: LinearHead
    encoder_id: str
    encoder: OnnxEncoder | None


def seal_run_folder(folder: Path) -> None:
    """Write the manifest: the SHA-256 of every file in the folder."""
    write_json({"files": _hashes(folder)}, folder / MANIFEST)


def verify_run_folder(folder: Path) -> None:
    """
    Hold a run's files against its manifest.

    Raises:
        MachineError: the folder or manifest is missing, or a file is missing, changed or extra.
    """
    try:
        expected = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        found = _hashes(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"The run in {folder} has no readable manifest. "
            "Restore it from a backup or train again."
        ) from error
    faults = [
        *(f"{name} is missing" for name in sorted(expected.keys() - found.keys())),
        *(f"{name} does not belong" for name in sorted(found.keys() - expected.keys())),
        *(
            f"{name} was changed"
            for name in sorted(expected.keys() & found.keys())
            if expected[name] != found[name]
        ),
    ]
    if faults:
        raise MachineError(
            f"The run in {folder} is not as it was trained: {', '.join(faults)}. "
            "Restore it from a backup or train again."
        )


def load_run(folder: Path, *, shares_processor: bool = False) -> LoadedRun:
    """
    A trained run, verified by its manifest; torch is not needed.

    Raises:
        MachineError: a file is missing, changed, extra or unreadable.
    """
    verify_run_folder(folder)
    head = load_head(folder / HEAD)
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    encoder_id = str(result["encoder_id"])
    encoder = (
        OnnxEncoder(folder, encoder_id, shares_processor=shares_processor)
        if (folder / BODY).is_file()
        else None
    )
    return LoadedRun(head.labels, head, encoder_id, encoder)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file_sha256(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != folder / MANIFEST
    }
