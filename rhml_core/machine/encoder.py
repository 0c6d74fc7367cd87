"""Texts to vectors by onnxruntime: fast on a processor, and free of torch."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

import rhml_core
from rhml_core.errors import MachineError
from rhml_core.machine.export import BODY, EXPORTED, READING, TOKENIZER, is_exported
from rhml_core.machine.model_files import OFFLINE, WEIGHTS, file_sha256, model_folder
from rhml_core.machine.protocol import EncodingProgress, Vectors
from rhml_core.settings import Settings

BATCH_SIZE = 16
"""Texts at a time; more is slower on a processor, since its caches overflow."""
CHUNK_SIZE = 2048
"""Texts tokenised and sorted by length together: bounds memory and paces the progress."""
EXPORT_TIMEOUT_SECONDS = 600
EXPORT_FORMAT = "v1"
"""Part of the cached folder's name; raise it when the exported graph changes."""


class OnnxEncoder:
    """
    An exported sentence encoder; may be used from several threads at once.

    Attributes:
        encoder_id: name that changes whenever the vectors would.
        dimension: length of a vector.
        max_tokens: tokens read of a text; what follows is ignored.
    """

    def __init__(self, folder: Path, encoder_id: str, *, shares_processor: bool = False) -> None:
        """
        Open the body, tokenizer and reading rules in `folder`.

        Args:
            folder: where they lie.
            encoder_id: its name.
            shares_processor: whether others' clicks come first, as in a server: one thread
                that sleeps while it waits, instead of one that spins on every core.
        """
        missing = [name for name in EXPORTED if not (folder / name).is_file()]
        if missing:
            raise MachineError(
                f"The encoder folder {folder} lacks {', '.join(missing)}. "
                "Delete the folder to have it made again, or restore the run from a backup."
            )
        try:
            reading = json.loads((folder / READING).read_text(encoding="utf-8"))
            self.dimension = int(reading["dimension"])
            self.max_tokens = int(reading["max_tokens"])
            self._pad_token_id = int(reading["pad_token_id"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            options = onnxruntime.SessionOptions()
            if shares_processor:
                options.intra_op_num_threads = 1
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._session = onnxruntime.InferenceSession(
                str(folder / BODY), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the libraries raise plain Exception for damaged files
            raise MachineError(
                f"The encoder in {folder} is damaged. "
                "Delete the folder to have it made again, or restore the run from a backup."
            ) from error
        self.encoder_id = encoder_id
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=self.max_tokens)

    def encode(self, texts: Sequence[str], on_progress: EncodingProgress | None = None) -> Vectors:
        """
        Each text's vector; a text that occurs twice is read once.

        Args:
            texts: any; an empty text has a vector too.
            on_progress: told `(n_done, n_total)` distinct texts after each batch; what it
                raises stops the work.

        Returns:
            Shape (n, dimension), rows L2-normalised, in the texts' order.
        """
        distinct = list(dict.fromkeys(texts))
        places = {text: row for row, text in enumerate(distinct)}
        vectors = np.empty((len(distinct), self.dimension), dtype=np.float32)
        for start in range(0, len(distinct), CHUNK_SIZE):
            self._encode_chunk(distinct, start, vectors, on_progress)
        return vectors[[places[text] for text in texts]]

    def _encode_chunk(
        self,
        distinct: list[str],
        start: int,
        vectors: Vectors,
        on_progress: EncodingProgress | None,
    ) -> None:
        chunk = distinct[start : start + CHUNK_SIZE]
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(chunk)]
        longest_first = sorted(range(len(chunk)), key=lambda row: -len(tokens[row]))
        for first in range(0, len(chunk), BATCH_SIZE):
            rows = longest_first[first : first + BATCH_SIZE]
            vectors[[start + row for row in rows]] = self._run([tokens[row] for row in rows])
            if on_progress is not None:
                on_progress(start + min(first + BATCH_SIZE, len(chunk)), len(distinct))

    def _run(self, tokens: list[list[int]]) -> Vectors:
        longest = max(len(ids) for ids in tokens)
        input_ids = np.full((len(tokens), longest), self._pad_token_id, dtype=np.int64)
        attention_mask = np.zeros((len(tokens), longest), dtype=np.int64)
        for row, ids in enumerate(tokens):
            input_ids[row, : len(ids)] = ids
            attention_mask[row, : len(ids)] = 1
        feed = {"input_ids": input_ids, "attention_mask": attention_mask}
        embedding: Vectors = self._session.run(["embedding"], feed)[0]
        return embedding


def load_base_encoder(settings: Settings, *, shares_processor: bool = False) -> OnnxEncoder:
    """
    The encoder that is the same for every project: the settings' own or the packaged MiniLM.

    The first call makes its ONNX files in the cache folder, in a process of its own, which
    takes some 15 seconds; later calls take less than one.

    Raises:
        MachineError: the model's files are missing or damaged, or cannot be exported.
    """
    source = model_folder(settings)
    sha256 = file_sha256(source / WEIGHTS)
    target = settings.cache_folder / f"encoder-{sha256}-{EXPORT_FORMAT}"
    if not is_exported(target):
        _export_in_process(source, target)
    return OnnxEncoder(target, f"base-{sha256[:12]}", shares_processor=shares_processor)


def _export_in_process(source: Path, target: Path) -> None:
    """Run the export where torch may be imported."""
    root = str(Path(rhml_core.__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, with paths as arguments
            [
                sys.executable,
                "-m",
                "rhml_core.machine.export",
                str(source.resolve()),
                str(target.resolve()),
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
