"""Pull the encoder's vectors of one label together and push those of two labels apart."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.machine.encoding.twin_body import READ_TOGETHER, HalfRead, TwinBody
from rhml_core.machine.protocol import Floats
from rhml_core.machine.recipes.device import AUTO

if TYPE_CHECKING:
    import torch

MIN_FOLDS = 2
MIN_TOKENS = 8
TEXTS_A_THREAD = 32
"""Texts that give a processor's thread enough to do; with fewer, threads wait for each other."""
TOGETHER = 4
"""Texts of a class that a step takes at once: a text alone in its class has nothing to join."""


@dataclass(frozen=True)
class SetFitParameters:
    """
    How a SetFit run fine-tunes the encoder.

    Attributes:
        n_rounds: most times that each text is learnt from.
        learning_rate: its peak.
        enough_loss: tuning ends after a round with a lower loss: the texts are told apart.
        batch_size: most texts that one step compares with each other.
        frozen_layers: lower layers of the encoder that stay as they were published.
        warmup_share: part of the steps in which the rate rises, 0 to 1.
        max_gradient_norm: longer gradients are cut to this length.
        published_share: how much the published reading weighs beside the tuned one, 0 to below
            1; None chooses by cross-validation.
        cross_fit_folds: parts held back in turn for honest probabilities of the training
            messages, at least 2.
        max_tokens: tokens of a text that are learnt from.
        device: `auto` (a graphics processor where there is one), `cpu` or `cuda`.
    """

    n_rounds: int = 12
    learning_rate: float = 2e-4
    enough_loss: float = 0.02
    batch_size: int = 96
    frozen_layers: int = 3
    warmup_share: float = 0.1
    max_gradient_norm: float = 1.0
    published_share: float | None = None
    cross_fit_folds: int = 2
    max_tokens: int = 128
    device: str = AUTO


def require_sound(parameters: SetFitParameters) -> None:
    """
    Check the parameters.

    Raises:
        InvalidInputError: one is out of its range; the message names it.
    """
    for name in ("n_rounds", "batch_size", "learning_rate", "max_gradient_norm"):
        if getattr(parameters, name) <= 0:
            raise InvalidInputError(f"{name} must be above 0; it is {getattr(parameters, name)}.")
    if parameters.cross_fit_folds < MIN_FOLDS:
        raise InvalidInputError(
            f"cross_fit_folds must be at least {MIN_FOLDS}; it is {parameters.cross_fit_folds}."
        )
    if parameters.max_tokens < MIN_TOKENS:
        raise InvalidInputError(
            f"max_tokens must be at least {MIN_TOKENS}; it is {parameters.max_tokens}."
        )
    for name in ("warmup_share", "enough_loss"):
        if not 0 <= getattr(parameters, name) <= 1:
            raise InvalidInputError(
                f"{name} must lie between 0 and 1; it is {getattr(parameters, name)}."
            )
    share = parameters.published_share
    if share is not None and not 0 <= share < 1:
        raise InvalidInputError(f"published_share must lie between 0 and below 1; it is {share}.")


def steps_a_round(n_texts: int, parameters: SetFitParameters) -> int:
    """Updates of the encoder in which each of `n_texts` is learnt from about once."""
    return max(1, -(-n_texts // parameters.batch_size))


def fine_tune(
    twin: TwinBody,
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    parameters: SetFitParameters,
    seed: int,
    on_step: Callable[[float], None],
) -> tuple[float, ...]:
    """
    Change the tuned layers of `twin` in place and return the loss of each step.

    Each step encodes every text of its batch once and compares all pairs: the squared
    distance of their cosine from 1 (same label) or 0 (another label), where pairs of one
    label and pairs of two weigh the same in sum, and within them every label does. What the
    frozen layers make of a text is worked out once where one batch holds all texts.

    Args:
        twin: the encoder.
        texts: judged messages.
        labels: theirs, aligned; two at least.
        weights: how much each message counts, above 0.
        parameters: how long and how strongly to train.
        seed: fixes which texts each step takes.
        on_step: told each step's loss; what it raises stops the training.

    Source:
        Tunstall et al.: Efficient few-shot learning without prompts (SetFit).
    """
    import torch  # noqa: PLC0415 - only where training

    random = np.random.default_rng(seed)
    _, classes = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    trained = list(twin.tuned.parameters())
    optimizer = torch.optim.AdamW(trained, lr=parameters.learning_rate, fused=True)
    n_a_round = steps_a_round(len(texts), parameters)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, _rate(parameters.n_rounds * n_a_round, parameters.warmup_share)
    )
    by_length = np.argsort([len(text) for text in texts], kind="stable")
    known: dict[tuple[int, ...], HalfRead] = {}

    def half_read(rows: tuple[int, ...]) -> HalfRead:
        if rows in known:
            return known[rows]
        half = twin.half_read([texts[row] for row in rows], max_tokens=parameters.max_tokens)
        if n_a_round == 1:  # the same rows come again in every step
            known[rows] = half
        return half

    def step() -> float:
        drawn = set(draw_batch(classes, parameters.batch_size, random).tolist())
        rows = [int(row) for row in by_length if row in drawn]
        optimizer.zero_grad()
        vectors = [
            twin.finish(half_read(tuple(rows[start : start + READ_TOGETHER])), twin.tuned)
            for start in range(0, len(rows), READ_TOGETHER)
        ]
        loss = pair_loss(
            torch.cat(vectors),
            torch.from_numpy(classes[rows]).to(twin.body.device),
            torch.from_numpy(np.asarray(weights, np.float32)[rows]).to(twin.body.device),
        )
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(trained, parameters.max_gradient_norm)
        optimizer.step()
        schedule.step()
        on_step(float(loss.detach()))
        return float(loss.detach())

    losses: list[float] = []
    with _threads_for(len(texts)):
        for _ in range(parameters.n_rounds):
            losses += [step() for _ in range(n_a_round)]
            if np.mean(losses[-n_a_round:]) < parameters.enough_loss:
                break
    return tuple(losses)


@contextmanager
def _threads_for(n_texts: int) -> Iterator[None]:
    """Let torch use no more threads meanwhile than the work is worth."""
    import torch  # noqa: PLC0415 - only where training

    n_threads = torch.get_num_threads()
    torch.set_num_threads(min(n_threads, max(1, n_texts // TEXTS_A_THREAD)))
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def draw_batch(
    classes: NDArray[np.int64], size: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """
    Rows for one step: all, or a sample in which every class that is there has some company.

    Classes take turns in a random order, `TOGETHER` of its texts at a time, so that a class
    counts alike however many texts it has, and where there are more classes than room, each
    step takes other ones.

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
    in_class = classes[shuffled]
    by_class = np.argsort(in_class, kind="stable")
    starts = np.searchsorted(in_class[by_class], in_class)
    turn = np.empty(len(classes), dtype=np.int64)
    turn[by_class] = np.arange(len(classes))
    turn = (turn - starts) // TOGETHER
    order = random.permutation(int(classes.max()) + 1)[in_class]
    first = np.lexsort((order, turn))[:size]
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


def _rate(n_steps: int, warmup_share: float) -> Callable[[int], float]:
    """The learning rate of each step from 0, as a share of its peak: it rises, then stays."""
    n_rising = max(1, round(n_steps * warmup_share))
    return lambda step: min(1.0, (step + 1) / n_rising)
