"""A term in plain words: how it is read, as people are told while they type."""

from rhml_core.machine.terms.grammar import MOST_WORDS_BETWEEN, Chain, Step, parse_term


def say_reading(expression: str) -> str:
    """
    How a term is looked for, in words.

    Raises:
        InvalidInputError: the expression breaks the notation or is empty.

    >>> say_reading("sell; (exploit | 0day)")
    'pattern: sell, then 0day or exploit within 5 words'
    >>> say_reading("middle man")
    'phrase: middle man, side by side'
    """
    parsed = parse_term(expression)
    if parsed.domain:
        return f"link: to {parsed.domain}, or a site below it"
    if parsed.phrase is not None:
        words = " ".join(parsed.phrase)
        return f"phrase: {words}, side by side" if len(parsed.phrase) > 1 else f"word: {words}"
    chains = [_chain_words(chain) for chain in sorted(parsed.chains)]
    if len(chains) == 1:
        return f"pattern: {chains[0]}"
    return f"pattern: {'; and anywhere '.join(chains)}"


def _chain_words(chain: Chain) -> str:
    first, *others = (_step_words(step) for step in chain)
    near = f" within {MOST_WORDS_BETWEEN} words"
    return first + "".join(f", then {step}{near}" for step in others)


def _step_words(step: Step) -> str:
    return " or ".join(" ".join(phrase) for phrase in step)
