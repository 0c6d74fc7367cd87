"""What can be set from outside, read once at start; the defaults run the demo."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from rhml_core.errors import InvalidInputError


class Precision(StrEnum):
    """In which numbers the encoder multiplies: exact, or faster and nearly the same."""

    FP32 = "fp32"
    INT8 = "int8"


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rhml"


@dataclass(frozen=True)
class Settings:
    """
    Where things lie and how much is allowed.

    Attributes:
        database: the DuckDB file; runs and job folders lie beside it.
        cache_folder: what can be made again, such as the exported encoder.
        encoder: folder of a sentence-transformers model; None takes the packaged MiniLM.
        encoder_precision: `int8` reads messages faster, with vectors of its own.
        sign_in: how people prove who they are; only `demo` (pick a name) is known.
        max_upload_megabytes: largest file accepted from a browser.
        max_rows: most messages in one import.
        max_text_characters: longest message accepted.
        lease_seconds: how long a drawn message stays reserved for an expert.
        retrain_every: judgements between two trainings of the fast head.
    """

    database: Path = Path("rhml.duckdb")
    cache_folder: Path = field(default_factory=_default_cache)
    encoder: Path | None = None
    encoder_precision: Precision = Precision.FP32
    sign_in: str = "demo"
    max_upload_megabytes: int = 200
    max_rows: int = 1_000_000
    max_text_characters: int = 20_000
    lease_seconds: int = 900
    retrain_every: int = 5

    @classmethod
    def from_environment(cls, database: Path | None = None) -> Self:
        """
        The defaults, overridden by the environment's variables where they are set.

        `RHML_DB`, `RHML_CACHE`, `RHML_ENCODER` and `RHML_ENCODER_PRECISION`.

        Raises:
            InvalidInputError: a variable has a value that is not known.
        """
        default = cls()
        encoder = os.environ.get("RHML_ENCODER")
        return cls(
            database=database or Path(os.environ.get("RHML_DB") or default.database),
            cache_folder=Path(os.environ.get("RHML_CACHE") or default.cache_folder),
            encoder=Path(encoder) if encoder else None,
            encoder_precision=_precision(os.environ.get("RHML_ENCODER_PRECISION")),
        )

    @property
    def runs_folder(self) -> Path:
        """Folder of the trained runs' files, beside the database."""
        return self.database.with_name(self.database.name + ".runs")

    @property
    def jobs_folder(self) -> Path:
        """Folder of the background jobs' inputs and outputs, beside the database."""
        return self.database.with_name(self.database.name + ".jobs")


def _precision(given: str | None) -> Precision:
    if not given:
        return Precision.FP32
    try:
        return Precision(given.strip().lower())
    except ValueError as error:
        raise InvalidInputError(
            f"RHML_ENCODER_PRECISION is {given!r}. Set it to {' or '.join(Precision)}."
        ) from error
