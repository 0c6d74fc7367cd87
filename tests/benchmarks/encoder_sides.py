"""The encoders that race: sentence-transformers' own way, and ours in both precisions."""

from dataclasses import replace

from rhml_core.machine.encoding.base_model import base_model
from rhml_core.machine.encoding.encoder import OnnxEncoder, load_base_encoder
from rhml_core.machine.encoding.model_files import model_folder
from rhml_core.settings import Precision

PEER = "sentence_transformers"


class Peer:
    """SentenceTransformer with its own defaults."""

    def __init__(self, folder, n_threads):
        """Load it on the processor."""
        import torch  # noqa: PLC0415 - takes seconds, and a test of the rest needs none
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

        torch.set_num_threads(n_threads)
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(self, texts):
        """Unit-length vectors."""
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


def open_sides(settings, n_threads):
    """The peer and ours in both precisions, each on so many threads."""
    sides = {PEER: Peer(model_folder(settings), n_threads)}
    for precision in Precision:
        asked = replace(settings, encoder_precision=precision)
        made = load_base_encoder(asked)  # exports it where the cache lacks it
        folder = base_model(asked).export_folder(asked.cache_folder, precision)
        sides[precision.value] = OnnxEncoder(folder, made.encoder_id, n_threads=n_threads)
    return sides
