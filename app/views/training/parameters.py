"""The parameters of a run in words."""

from typing import Any

_WORDS = {
    "reads_letters": "reads pieces of words, too",
    "reads_lexicon": "reads the lexicon",
    "lexicon_version": "lexicon version",
    "n_rounds": "rounds through the messages, at most",
    "learning_rate": "learning rate, at its peak",
    "enough_loss": "loss at which it ends early",
    "batch_size": "messages compared in one step",
    "frozen_layers": "lower layers left as published",
    "warmup_share": "share of the steps in which the rate rises",
    "max_gradient_norm": "longest step that is not cut",
    "published_share": "weight of the published reading beside the tuned one",
    "natural_share": "weight of the branch that learns from the labels as they fall",
    "cross_fit_folds": "parts set aside in turn",
    "max_tokens": "tokens read of a message, at most",
    "device": "device",
    "num_epochs": "rounds through the pairs",
    "max_steps": "steps, at most",
    "body_learning_rate": "learning rate of the encoder",
    "sampling_strategy": "how pairs are drawn",
}


def parameter_words(name: str, value: Any) -> str:
    """
    A parameter of a run for people; one without words keeps its name.

    >>> parameter_words("reads_lexicon", True), parameter_words("published_share", None)
    ('reads the lexicon: yes', 'weight of the published reading beside the tuned one: chosen by it')
    >>> parameter_words("max_steps", -1), parameter_words("own_choice", [1, 2])
    ('steps, at most: no limit', 'own choice: 1, 2')
    """
    return f"{_WORDS.get(name, name.replace('_', ' '))}: {_value(name, value)}"


def _value(name: str, value: Any) -> str:
    if value is None:
        return "chosen by it" if name == "published_share" else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "max_steps" and value < 0:
        return "no limit"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
