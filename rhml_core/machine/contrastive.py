"""Pull the encoder's vectors of one label together and push those of two labels apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.protocol import Floats

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

TOKENS_IN_MEMORY = 6144
"""Padded tokens whose activations are kept at once (about 1 GB); beyond, they are recomputed."""


@dataclass(frozen=True)
class SetFitParameters:
    """
    How a SetFit run fine-tunes the encoder.

    Attributes:
        n_steps: updates of the encoder; many labels want more, few texts fewer.
        learning_rate: its peak.
        batch_size: most texts that one step compares with each other.
        micro_batch_size: texts that go through the encoder together.
        warmup_share: part of the steps in which the rate rises, 0 to 1.
        max_gradient_norm: longer gradients are cut to this length.
        cross_fit_folds: parts held back in turn for honest probabilities of the training
            messages, at least 2.
        max_tokens: tokens of a text that are learnt from.
    """

    n_steps: int = 10
    learning_rate: float = 1e-4
    batch_size: int = 96
    micro_batch_size: int = 16
    warmup_share: float = 0.1
    max_gradient_norm: float = 1.0
    cross_fit_folds: int = 2
    max_tokens: int = 128


def fine_tune(
    body: "SentenceTransformer",
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    parameters: SetFitParameters,
    seed: int,
    on_step: Callable[[float], None],
) -> tuple[float, ...]:
    """
    Change `body` in place and return the loss of each step.

    Each step encodes every text of its batch once and compares all pairs: the squared
    distance of their cosine from 1 (same label) or 0 (another label), where pairs of one
    label and pairs of two weigh the same in sum, and within them every label does.

    Args:
        body: a sentence-transformers model.
        texts: judged messages.
        labels: theirs, aligned; two at least.
        weights: how much each message counts, above 0.
        parameters: how long and how strongly to train.
        seed: fixes which texts each step takes.
        on_step: told each step's loss; what it raises stops the training.

    Source:
        Tunstall et al.: Efficient few-shot learning without prompts (SetFit). Gao et al.:
        Scaling deep contrastive learning batch size under memory limited setup (recomputing
        instead of keeping activations).
    """
    import torch  # noqa: PLC0415 - only where training

    random = np.random.default_rng(seed)
    _, classes = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    optimizer = torch.optim.AdamW(body.parameters(), lr=parameters.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate(parameters))
    losses = []
    body.eval()  # dropout is noise that ten steps cannot average out
    for _ in range(parameters.n_steps):
        rows = draw_batch(classes, parameters.batch_size, random)
        optimizer.zero_grad()
        loss = _accumulate_gradients(
            body,
            [texts[row] for row in rows],
            torch.from_numpy(classes[rows]),
            torch.from_numpy(np.asarray(weights, dtype=np.float32)[rows]),
            parameters,
        )
        torch.nn.utils.clip_grad_norm_(body.parameters(), parameters.max_gradient_norm)
        optimizer.step()
        schedule.step()
        losses.append(loss)
        on_step(loss)
    return tuple(losses)


def draw_batch(
    classes: NDArray[np.int64], size: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """
    Rows for one step: all, or a sample that gives each class the same number where it can.

    Args:
        classes: shape (n,), 0 to n_classes - 1.
        size: most rows to take.
        random: moved on by the draw.

    Returns:
        Distinct rows, ascending.
    """
    if len(classes) <= size:
        return np.arange(len(classes))
    shuffled = random.permutation(len(classes))
    n_before = np.zeros(classes.max() + 1, dtype=np.int64)
    turn = np.empty(len(classes), dtype=np.int64)
    for place, row in enumerate(shuffled):
        turn[place] = n_before[classes[row]]
        n_before[classes[row]] += 1
    first = np.argsort(turn, kind="stable")[:size]  # each class's first, then each one's second
    return np.sort(shuffled[first])


def pair_loss(
    embeddings: "torch.Tensor", classes: "torch.Tensor", weights: "torch.Tensor"
) -> "torch.Tensor":
    """
    Mean squared distance of the pairs' cosines from what their labels ask for.

    Args:
        embeddings: shape (n, d), L2-normalised.
        classes: shape (n,).
        weights: shape (n,), above 0.

    Returns:
        Scalar, at least 0; half of it from pairs of one class, half from pairs of two. A kind
        that has no pair adds nothing.
    """
    import torch  # noqa: PLC0415 - only where training

    one_hot = torch.nn.functional.one_hot(classes).to(weights.dtype)
    shares = weights / (one_hot @ (weights @ one_hot))  # each class sums to 1
    pairs = torch.triu(torch.outer(shares, shares), diagonal=1)
    is_same = classes[:, None] == classes[None, :]
    errors = (embeddings @ embeddings.T - is_same.to(weights.dtype)) ** 2
    loss = embeddings.sum() * 0.0
    for kind in (is_same, ~is_same):
        mass = pairs * kind
        if mass.sum() > 0:
            loss = loss + 0.5 * (mass * errors).sum() / mass.sum()
    return loss


def _accumulate_gradients(
    body: "SentenceTransformer",
    texts: Sequence[str],
    classes: "torch.Tensor",
    weights: "torch.Tensor",
    parameters: SetFitParameters,
) -> float:
    """Leave the loss's gradients on the body's parameters and return the loss."""
    import torch  # noqa: PLC0415 - only where training

    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    classes, weights = classes[order], weights[order]
    batches = [
        body.tokenizer(
            [texts[row] for row in order[start : start + parameters.micro_batch_size]],
            padding=True,
            truncation=True,
            max_length=parameters.max_tokens,
            return_tensors="pt",
        )
        for start in range(0, len(texts), parameters.micro_batch_size)
    ]
    if sum(batch["input_ids"].numel() for batch in batches) <= TOKENS_IN_MEMORY:
        loss = pair_loss(torch.cat([_embed(body, batch) for batch in batches]), classes, weights)
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        return float(loss.detach())
    with torch.no_grad():
        embeddings = torch.cat([_embed(body, batch) for batch in batches])
    embeddings.requires_grad_()
    loss = pair_loss(embeddings, classes, weights)
    (gradient,) = torch.autograd.grad(loss, embeddings)
    start = 0
    for batch in batches:
        part = _embed(body, batch)
        part.backward(gradient[start : start + len(part)])  # type: ignore[no-untyped-call] # as above
        start += len(part)
    return float(loss.detach())


def _embed(body: "SentenceTransformer", batch: dict[str, "torch.Tensor"]) -> "torch.Tensor":
    import torch  # noqa: PLC0415 - only where training

    return torch.nn.functional.normalize(body(dict(batch))["sentence_embedding"], p=2.0, dim=1)


def _rate(parameters: SetFitParameters) -> Callable[[int], float]:
    """Share of the peak rate at each step: a linear rise, then a linear fall."""
    n_warm = max(1, round(parameters.warmup_share * parameters.n_steps))

    def share(step: int) -> float:
        if step < n_warm:
            return (step + 1) / n_warm
        return max(0.0, (parameters.n_steps - step) / max(1, parameters.n_steps - n_warm))

    return share
