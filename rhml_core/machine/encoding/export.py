"""
Turn a sentence-transformers model into files that need no torch to be used.

`python -m rhml_core.machine.encoding.export MODEL_FOLDER TARGET_FOLDER PRECISION` does it in a
process of its own, so that the process that serves pages stays free of torch.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rhml_core.errors import MachineError
from rhml_core.machine.encoding.fusion import fuse_body
from rhml_core.machine.encoding.int8 import quantise_body, weight_range
from rhml_core.machine.encoding.model_files import OFFLINE, file_sha256, write_json
from rhml_core.settings import Precision

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

BODY = "body.onnx"
TOKENIZER = "tokenizer.json"
READING = "encoder.json"
EXPORTED = (BODY, TOKENIZER, READING)
OPSET = 17


def export_body(
    model: "SentenceTransformer | Path",
    target: Path,
    precision: Precision = Precision.FP32,
    *,
    reader: "torch.nn.Module | None" = None,
) -> None:
    """
    Write a model's body as ONNX with its tokenizer: `body.onnx`, `tokenizer.json`, `encoder.json`.

    The graph takes `input_ids` and `attention_mask` (both int64, any batch and length, padding
    behind the text) and gives `embedding` (float32, L2-normalised), whatever the model's own
    pooling is. Its steps are joined where that gives the same vectors faster.

    Args:
        model: a SentenceTransformer on the processor, or the folder of one.
        target: an existing folder.
        precision: of the products inside; the vectors are float32 either way.
        reader: what to export in the model's place, with its tokenizer: takes `input_ids` and
            `attention_mask`, gives L2-normalised vectors.
    """
    import torch  # noqa: PLC0415 - only where training or exporting
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    if isinstance(model, Path):
        model = SentenceTransformer(str(model), device="cpu", local_files_only=True)

    class Body(torch.nn.Module):
        """The model with plain tensors in and out."""

        def __init__(self, body: "SentenceTransformer") -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            embedding = self.body(features)["sentence_embedding"]
            return torch.nn.functional.normalize(embedding, p=2.0, dim=1)

    body = reader or Body(model).eval()
    input_ids = torch.ones(2, 7, dtype=torch.int64)
    attention_mask = torch.ones(2, 7, dtype=torch.int64)
    attention_mask[1, 5:] = 0  # both kinds, so that padding stays in the graph
    either = {0: "batch", 1: "tokens"}
    with torch.no_grad():
        dimension = int(body(input_ids, attention_mask).shape[1])
    with torch.no_grad(), warnings.catch_warnings(), _plain_attention(model):
        # The newer exporter needs one more library; what this one warns of, tests rule out.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            body,
            (input_ids, attention_mask),
            str(target / BODY),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": either,
                "attention_mask": either,
                "embedding": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    tokenizer = model.tokenizer
    _join(target / BODY, model, n_words=len(tokenizer))
    if precision is Precision.INT8:
        quantise_body(target / BODY, largest=weight_range())
    tokenizer.backend_tokenizer.save(str(target / TOKENIZER))
    write_json(
        {
            "dimension": dimension,
            "max_tokens": model.max_seq_length,
            "pad_token_id": tokenizer.pad_token_id,
            "sha256": {name: file_sha256(target / name) for name in (BODY, TOKENIZER)},
        },
        target / READING,
    )


def export_folder(model: Path, target: Path, precision: Precision = Precision.FP32) -> None:
    """
    Make a folder with an exported body, complete or not at all.

    Where another process made the same folder meanwhile, theirs is kept.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        export_body(model, partial, precision)
        try:
            partial.rename(target)
        except OSError:
            if not is_exported(target):
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def is_exported(folder: Path) -> bool:
    """Whether a folder holds an exported body."""
    return all((folder / name).is_file() for name in EXPORTED)


def require_as_exported(folder: Path) -> None:
    """
    Hold an exported body and tokenizer against the sums written when they were made.

    Raises:
        MachineError: one was changed, or there are no sums.
    """
    try:
        sums = json.loads((folder / READING).read_text(encoding="utf-8"))["sha256"]
        changed = [name for name in (BODY, TOKENIZER) if file_sha256(folder / name) != sums[name]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"The encoder in {folder} is damaged. Delete the folder to have it made again."
        ) from error
    if changed:
        raise MachineError(
            f"The encoder in {folder} is not as it was made: {', '.join(changed)} was changed. "
            "Delete the folder to have it made again."
        )


def _join(body: Path, model: "SentenceTransformer", *, n_words: int) -> None:
    config = getattr(_transformer(model), "config", None)
    n_heads = getattr(config, "num_attention_heads", None)
    hidden_size = getattr(config, "hidden_size", None)
    if n_heads and hidden_size:
        fuse_body(body, n_heads=n_heads, hidden_size=hidden_size, n_words=n_words)


@contextlib.contextmanager
def _plain_attention(model: "SentenceTransformer") -> Iterator[None]:
    """Have attention written step by step for a while: the joining knows it in that form alone."""
    transformer = _transformer(model)
    choose = getattr(transformer, "set_attn_implementation", None)
    if choose is None:
        yield
        return
    before = transformer.config._attn_implementation  # noqa: SLF001 - no other way to ask
    choose("eager")
    try:
        yield
    finally:
        choose(before)


def _transformer(model: "SentenceTransformer") -> Any:
    """The transformers model inside, or None for a model without one."""
    return getattr(model[0], "auto_model", None)


if __name__ == "__main__":
    os.environ.update(OFFLINE)
    export_folder(Path(sys.argv[1]), Path(sys.argv[2]), Precision(sys.argv[3]))
