"""
A sentence encoder that reads a text twice: as it was published, and as the labels tuned it.

Both readings share the lower layers, which stay as they are; only the upper ones exist twice.
What a few labels teach is a large gain for some questions and a loss for others, and the
published reading is there to hold on to.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rhml_core.errors import MachineError
from rhml_core.machine.protocol import Vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

READ_TOGETHER = 16
"""Texts that go through the encoder together; more is slower on a processor."""


@dataclass(frozen=True)
class HalfRead:
    """
    Some texts as the lower layers leave them.

    Attributes:
        hidden: shape (n, tokens, width).
        attention_mask: shape (n, tokens).
        passed: what else the layers are given, by position and by name.
    """

    hidden: "torch.Tensor"
    attention_mask: "torch.Tensor"
    passed: tuple[tuple[Any, ...], dict[str, Any]]


class TwinBody:
    """
    One model with its upper layers twice.

    Attributes:
        body: the sentence-transformers model; between `split` and `whole` it has its lower
            layers alone.
        published: the upper layers as they were.
        tuned: the upper layers to train.
        dimension: length of one reading's vector.
    """

    def __init__(self, model_folder: Path, *, n_frozen: int, device: str = "cpu") -> None:
        """
        Load a model and split it.

        Args:
            model_folder: a sentence-transformers model built like BERT.
            n_frozen: lower layers that both readings share, at least 1.
            device: where it runs.

        Raises:
            MachineError: the model has no such layers.
        """
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

        self.body = SentenceTransformer(str(model_folder), device=device, local_files_only=True)
        self.body.eval()  # dropout is noise that a dozen steps cannot average out
        self.body.requires_grad_(requires_grad=False)
        self._stack = _layer_stack(self.body)
        layers = self._stack.layer
        if not 1 <= n_frozen < len(layers):
            raise MachineError(
                f"The encoder has {len(layers)} layers, so between 1 and {len(layers) - 1} of them "
                f"can stay as they are; frozen_layers is {n_frozen}."
            )
        self._lower = layers[:n_frozen]
        self.tuned = layers[n_frozen:]
        # One configuration for both, so that whatever is set for the whole holds for the copy.
        config = _transformer(self.body).config
        self.published = copy.deepcopy(self.tuned, {id(config): config})
        self.tuned.requires_grad_(requires_grad=True)
        self._stack.layer = self._lower
        self.dimension = int(self.body.get_embedding_dimension() or 0)

    def whole(self) -> "SentenceTransformer":
        """The tuned model in one piece, on the processor; the twin must not be used afterwards."""
        self._stack.layer = self._lower.extend(self.tuned)
        return self.body.to("cpu")

    def half_read(self, texts: Sequence[str], *, max_tokens: int) -> HalfRead:
        """Some texts, read by the lower layers; no gradient is kept."""
        import torch  # noqa: PLC0415 - only where training

        batch = self.body.tokenizer(
            list(texts), padding=True, truncation=True, max_length=max_tokens, return_tensors="pt"
        ).to(self.body.device)
        with torch.no_grad():
            return self.read_lower(batch["input_ids"], batch["attention_mask"])

    def read_lower(self, input_ids: "torch.Tensor", attention_mask: "torch.Tensor") -> HalfRead:
        """Token numbers of shape (n, tokens), read by the lower layers."""
        passed: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        hook = self._lower[-1].register_forward_pre_hook(
            lambda _layer, given, named: passed.append((given[1:], named)), with_kwargs=True
        )
        try:
            read = self.body[0]({"input_ids": input_ids, "attention_mask": attention_mask})
        finally:
            hook.remove()
        return HalfRead(read["token_embeddings"], attention_mask, passed[0])

    def finish(self, half: HalfRead, layers: "torch.nn.ModuleList") -> "torch.Tensor":
        """Vectors of length 1, shape (n, dimension), by one of the two upper parts."""
        import torch  # noqa: PLC0415 - only where training

        hidden = half.hidden
        given, named = half.passed
        for layer in layers:
            found = layer(hidden, *given, **named)
            hidden = found[0] if isinstance(found, tuple) else found
        features = {"token_embeddings": hidden, "attention_mask": half.attention_mask}
        for module in list(self.body)[1:]:
            features = module(features)
        return torch.nn.functional.normalize(features["sentence_embedding"], p=2.0, dim=1)

    def encode(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Each text as published and as tuned: two of shape (n, dimension), rows of length 1."""
        import torch  # noqa: PLC0415 - only where training

        published = np.empty((len(texts), self.dimension), dtype=np.float32)
        tuned = np.empty_like(published)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        with torch.inference_mode():
            for start in range(0, len(order), READ_TOGETHER):
                rows = order[start : start + READ_TOGETHER]
                half = self.half_read(
                    [texts[row] for row in rows], max_tokens=int(self.body.max_seq_length or 256)
                )
                published[rows] = self.finish(half, self.published).cpu().numpy()
                tuned[rows] = self.finish(half, self.tuned).cpu().numpy()
        return published, tuned

    def reader(self, published_share: float) -> "torch.nn.Module":
        """
        Both readings side by side as one module, as `side_by_side` puts them.

        It takes `input_ids` and `attention_mask`, both of shape (n, tokens), and gives shape
        (n, 2 dimension), or (n, dimension) where the published reading has no share.
        """
        import torch  # noqa: PLC0415 - only where training

        twin = self

        class Reader(torch.nn.Module):
            """The twin with plain tensors in and out."""

            def __init__(self) -> None:
                super().__init__()
                self.parts = torch.nn.ModuleList([twin.body, twin.published, twin.tuned])

            def forward(
                self, input_ids: torch.Tensor, attention_mask: torch.Tensor
            ) -> torch.Tensor:
                half = twin.read_lower(input_ids, attention_mask)
                tuned = twin.finish(half, twin.tuned)
                if not published_share:
                    return tuned
                published = twin.finish(half, twin.published)
                return torch.cat(
                    [published_share**0.5 * published, (1 - published_share) ** 0.5 * tuned], dim=1
                )

        return Reader().eval()


def side_by_side(published: Vectors, tuned: Vectors, published_share: float) -> Vectors:
    """
    Two readings as one vector of length 1, whose cosine is the weighted mean of theirs.

    Args:
        published: shape (n, d), rows of length 1.
        tuned: likewise.
        published_share: weight of the published reading, 0 to below 1; 0 leaves it out.
    """
    if not published_share:
        return tuned
    return np.hstack([published_share**0.5 * published, (1 - published_share) ** 0.5 * tuned])


def _transformer(body: "SentenceTransformer") -> Any:
    """The transformers model inside; None for a model without one."""
    return getattr(body[0], "auto_model", None)


def _layer_stack(body: "SentenceTransformer") -> Any:
    """The part of a model that holds its layers as `layer`."""
    stack = getattr(_transformer(body), "encoder", None)
    if stack is None or not hasattr(stack, "layer"):
        raise MachineError(
            "The encoder is not built like BERT, so its upper layers cannot be tuned apart. "
            "Use the recipe fast or setfit-stock, or choose another encoder."
        )
    return stack
