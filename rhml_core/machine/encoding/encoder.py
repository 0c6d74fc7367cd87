"""Texts to vectors by onnxruntime: fast on a processor, and free of torch."""

import contextlib
import json
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rhml_core.errors import MachineError
from rhml_core.machine.encoding.base_model import (
    BaseModel,
    base_model,
    cached_exports,
    packaged_model,
)
from rhml_core.machine.encoding.batches import token_batches
from rhml_core.machine.encoding.export import (
    BODY,
    EXPORTED,
    READING,
    TOKENIZER,
    is_exported,
    require_as_exported,
)
from rhml_core.machine.encoding.export_process import export_in_process
from rhml_core.machine.protocol import EncodingProgress, Vectors
from rhml_core.settings import Precision, Settings

CHUNK_SIZE = 2048
"""Texts tokenised and sorted by length together: bounds memory and paces the progress."""


class OnnxEncoder:
    """
    An exported sentence encoder; may be used from several threads at once.

    Attributes:
        encoder_id: name that changes whenever the vectors would.
        dimension: length of a vector.
        max_tokens: tokens read of a text; what follows is ignored.
        n_threads: batches that are read at the same time.
    """

    def __init__(
        self,
        folder: Path,
        encoder_id: str,
        *,
        shares_processor: bool = False,
        n_threads: int | None = None,
    ) -> None:
        """
        Open the body, tokenizer and reading rules in `folder`.

        Args:
            folder: where they lie.
            encoder_id: its name.
            shares_processor: whether others' clicks come first, as in a server: one batch
                at a time, in the thread that asks.
            n_threads: batches at a time otherwise; None takes as many as there are cores.

        Raises:
            MachineError: a file is missing or damaged.
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
            self._session = _open_session(folder / BODY)
        except Exception as error:  # the libraries raise plain Exception for damaged files
            raise MachineError(
                f"The encoder in {folder} is damaged. "
                "Delete the folder to have it made again, or restore the run from a backup."
            ) from error
        self.encoder_id = encoder_id
        self.n_threads = 1 if shares_processor else n_threads or _n_cores()
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=self.max_tokens)

    def encode(self, texts: Sequence[str], on_progress: EncodingProgress | None = None) -> Vectors:
        """
        Each text's vector; a text that occurs twice is read once.

        Args:
            texts: any; an empty text has a vector too.
            on_progress: told `(n_done, n_total)` distinct texts after each batch, by the
                calling thread; what it raises stops the work.

        Returns:
            Shape (n, dimension), rows L2-normalised, in the texts' order.
        """
        distinct = list(dict.fromkeys(texts))
        places = {text: row for row, text in enumerate(distinct)}
        vectors = np.empty((len(distinct), self.dimension), dtype=np.float32)
        for start in range(0, len(distinct), CHUNK_SIZE):
            chunk = distinct[start : start + CHUNK_SIZE]
            n_done = start
            with contextlib.closing(self._read(chunk)) as batches:
                for rows, found in batches:
                    vectors[[start + row for row in rows]] = found
                    n_done += len(rows)
                    if on_progress is not None:
                        on_progress(n_done, len(distinct))
        return vectors[[places[text] for text in texts]]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens that are read of each text, its two ends included."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def _read(self, chunk: list[str]) -> Generator[tuple[list[int], Vectors]]:
        """Each batch's rows and their vectors, as they are done."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(chunk)]
        by_length = token_batches([len(ids) for ids in tokens])
        # In any order but by length, or the pace of the first batches would not be that of all.
        batches = [by_length[at] for at in np.random.default_rng(0).permutation(len(by_length))]
        if self.n_threads == 1 or len(batches) == 1:
            for rows in batches:
                yield rows, self._run([tokens[row] for row in rows])
            return
        # Whole batches side by side: threads inside one would wait for each other at every step.
        pool = ThreadPoolExecutor(min(self.n_threads, len(batches)), "encoder")
        try:
            under_way = {
                pool.submit(self._run, [tokens[row] for row in rows]): rows for rows in batches
            }
            for done in as_completed(under_way):
                yield under_way[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)

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
    takes some 15 seconds; later calls take less than one. Weights and files are held against
    their SHA-256 sums each time.

    Raises:
        MachineError: the model's files are missing or damaged, or cannot be exported.
    """
    return _load(
        base_model(settings),
        settings.encoder_precision,
        settings.cache_folder,
        shares_processor=shares_processor,
    )


def load_encoder(
    encoder_id: str, settings: Settings, *, shares_processor: bool = False
) -> OnnxEncoder:
    """
    The base encoder of a name, be it the one that is set now or one that was set before.

    One of before is found where it is the set or the packaged model in either precision, or
    where its files are still in the cache folder.

    Raises:
        MachineError: it is none of these, or its files are missing or damaged.
    """
    model = base_model(settings)
    for known in (model, *([packaged_model()] if settings.encoder else [])):
        for precision in Precision:
            if known.encoder_id(precision) == encoder_id:
                return _load(
                    known, precision, settings.cache_folder, shares_processor=shares_processor
                )
    for folder in cached_exports(settings.cache_folder, encoder_id):
        return _open(folder, encoder_id, shares_processor=shares_processor)
    raise MachineError(
        f"The encoder {encoder_id} is needed, but {model.encoder_id(settings.encoder_precision)} "
        f"is set and {settings.cache_folder} no longer holds the other. Name the folder of the "
        "other in RHML_ENCODER, or train again with the one that is set."
    )


def _load(
    model: BaseModel, precision: Precision, cache_folder: Path, *, shares_processor: bool
) -> OnnxEncoder:
    target = model.export_folder(cache_folder, precision)
    if not is_exported(target):
        export_in_process(model.folder, target, precision)
    return _open(target, model.encoder_id(precision), shares_processor=shares_processor)


def _open(folder: Path, encoder_id: str, *, shares_processor: bool) -> OnnxEncoder:
    require_as_exported(folder)
    return OnnxEncoder(folder, encoder_id, shares_processor=shares_processor)


def _open_session(body: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the threads that ask are the threads that read
    return onnxruntime.InferenceSession(str(body), options, providers=["CPUExecutionProvider"])


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
