"""A base encoder before it is exported: where it lies, and the names that follow from its files."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rhml_core.machine.encoding.int8 import FULL_RANGE, weight_range
from rhml_core.machine.encoding.model_files import (
    PACKAGED_WEIGHTS_SHA256,
    file_sha256,
    model_folder,
    packaged_model_folder,
    require_published_weights,
)
from rhml_core.settings import Precision, Settings

EXPORT_FORMAT = "v2"
"""Part of the cached folder's name; raise it when the exported graph changes."""

_NAME = re.compile(r"base-(?P<digest>[0-9a-f]{12})(?P<suffix>|-int8|-int8half)")
_DIGEST_IN_NAME = 12
_READ = {".safetensors", ".json", ".txt", ".model"}
"""Endings of the files that decide a model's vectors: weights, rules and vocabulary."""


@dataclass(frozen=True)
class BaseModel:
    """
    A sentence-transformers model.

    Attributes:
        folder: where it lies.
        digest: 64 hexadecimal digits that change whenever its vectors would.
    """

    folder: Path
    digest: str

    def encoder_id(self, precision: Precision) -> str:
        """Name of its encoder in a precision; other vectors have another name."""
        return f"base-{self.digest[:_DIGEST_IN_NAME]}{_suffix(precision)}"

    def export_folder(self, cache_folder: Path, precision: Precision) -> Path:
        """Where its exported files lie, or are to lie."""
        return cache_folder / f"encoder-{self.digest}{_suffix(precision)}-{EXPORT_FORMAT}"


def base_model(settings: Settings) -> BaseModel:
    """
    The model that the settings name, or the packaged one.

    Raises:
        MachineError: it has no weights, or the packaged weights are not the published ones.
    """
    if settings.encoder is None:
        return packaged_model()
    folder = model_folder(settings)
    return BaseModel(folder, _digest(folder))


def packaged_model() -> BaseModel:
    """
    The packaged MiniLM.

    Raises:
        MachineError: it is missing, or its weights are not the published ones.
    """
    folder = packaged_model_folder()
    require_published_weights(folder)
    return BaseModel(folder, PACKAGED_WEIGHTS_SHA256)


def is_tuned_encoder(encoder_id: str) -> bool:
    """
    Whether a name is that of a run's own encoder, rather than of a base one, set now or before.

    >>> is_tuned_encoder("run-0123456789ab"), is_tuned_encoder("base-53aa51172d14-int8")
    (True, False)
    """
    return encoder_id.startswith("run-")


def cached_exports(cache_folder: Path, encoder_id: str) -> Iterator[Path]:
    """Folders of the cache that hold the exported files of a base encoder; none for a run's."""
    name = _NAME.fullmatch(encoder_id)
    if name is None:
        return iter(())
    rest = "?" * (len(PACKAGED_WEIGHTS_SHA256) - _DIGEST_IN_NAME)
    pattern = f"encoder-{name['digest']}{rest}{name['suffix']}-{EXPORT_FORMAT}"
    return iter(sorted(cache_folder.glob(pattern)))


def _suffix(precision: Precision) -> str:
    if precision is Precision.FP32:
        return ""
    return "-int8" if weight_range() == FULL_RANGE else "-int8half"


def _digest(folder: Path) -> str:
    """SHA-256 over the names and sums of all files that decide the vectors."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in _READ and file.is_file():
            whole.update(f"{file.relative_to(folder).as_posix()} {file_sha256(file)}\n".encode())
    return whole.hexdigest()
