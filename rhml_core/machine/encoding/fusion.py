"""Make an exported body faster with the same vectors: join what belongs together in its graph."""

import logging
from pathlib import Path

import numpy as np
import onnxruntime

from rhml_core.machine.protocol import Vectors

logger = logging.getLogger(__name__)

LEAST_COSINE = 0.99999
"""Below this the joined graph is not the same encoder, and the plain one is kept."""

_PROBE_LENGTHS = (1, 7, 40)


def fuse_body(file: Path, *, n_heads: int, hidden_size: int, n_words: int) -> bool:
    """
    Join attention, normalisation and activation of a body into single steps, in place.

    The graph stays as it is where the joined one gives other vectors, as it may for a model
    that is not built like BERT.

    Args:
        file: the body as `export_body` wrote it; padding stands behind the text.
        n_heads: attention heads of a layer.
        hidden_size: length of a token's vector.
        n_words: tokens of the vocabulary, to try the graph with.

    Returns:
        Whether the graph was joined.
    """
    from onnxruntime.transformers.fusion_options import FusionOptions  # noqa: PLC0415 - slow
    from onnxruntime.transformers.optimizer import optimize_model  # noqa: PLC0415 - slow

    fused = file.with_suffix(".fused.onnx")
    try:
        optimize_model(
            str(file),
            model_type="bert",
            num_heads=n_heads,
            hidden_size=hidden_size,
            optimization_options=FusionOptions("bert"),
            opt_level=0,  # the session itself does the rest when it loads the file
        ).save_model_to_file(str(fused))
        cosine = float((_probe(file, n_words) * _probe(fused, n_words)).sum(axis=1).min())
        is_same = cosine >= LEAST_COSINE
        if is_same:
            fused.replace(file)
    except Exception as error:  # noqa: BLE001 - whatever a foreign graph breaks: it works unjoined
        logger.info("the body's graph stays plain: %s", type(error).__name__)
        return False
    finally:
        fused.unlink(missing_ok=True)
    return is_same


def _probe(file: Path, n_words: int) -> Vectors:
    """Vectors of arbitrary tokens in texts of several lengths, read together."""
    longest = max(_PROBE_LENGTHS)
    input_ids = np.zeros((len(_PROBE_LENGTHS), longest), dtype=np.int64)
    attention_mask = np.zeros_like(input_ids)
    for row, length in enumerate(_PROBE_LENGTHS):
        input_ids[row, :length] = (np.arange(length) * 7919 + row) % n_words
        attention_mask[row, :length] = 1
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    feed = {"input_ids": input_ids, "attention_mask": attention_mask}
    embedding: Vectors = session.run(["embedding"], feed)[0]
    return embedding
