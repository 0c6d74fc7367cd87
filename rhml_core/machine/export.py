"""
Turn a sentence-transformers model into files that need no torch to be used.

`python -m rhml_core.machine.export MODEL_FOLDER TARGET_FOLDER` does it in a process of its
own, so that the process that serves pages stays free of torch.
"""

import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from rhml_core.machine.model_files import OFFLINE, write_json

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BODY = "body.onnx"
TOKENIZER = "tokenizer.json"
READING = "encoder.json"
EXPORTED = (BODY, TOKENIZER, READING)
OPSET = 17


def export_body(model: "SentenceTransformer | Path", target: Path) -> None:
    """
    Write a model's body as ONNX with its tokenizer: `body.onnx`, `tokenizer.json`, `encoder.json`.

    The graph takes `input_ids` and `attention_mask` (both int64, any batch and length) and
    gives `embedding` (float32, L2-normalised), whatever the model's own pooling is.

    Args:
        model: a SentenceTransformer, or the folder of one.
        target: an existing folder.
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

    body = Body(model).eval()
    input_ids = torch.ones(2, 7, dtype=torch.int64)
    attention_mask = torch.ones(2, 7, dtype=torch.int64)
    attention_mask[1, 5:] = 0  # both kinds, so that padding stays in the graph
    either = {0: "batch", 1: "tokens"}
    with torch.no_grad(), warnings.catch_warnings():
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
    tokenizer.backend_tokenizer.save(str(target / TOKENIZER))
    write_json(
        {
            "dimension": model.get_embedding_dimension(),
            "max_tokens": model.max_seq_length,
            "pad_token_id": tokenizer.pad_token_id,
        },
        target / READING,
    )


def export_folder(model: Path, target: Path) -> None:
    """
    Make a folder with an exported body, complete or not at all.

    Where another process made the same folder meanwhile, theirs is kept.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        export_body(model, partial)
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


if __name__ == "__main__":
    os.environ.update(OFFLINE)
    export_folder(Path(sys.argv[1]), Path(sys.argv[2]))
