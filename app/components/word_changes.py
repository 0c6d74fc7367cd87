"""A text beside an older one: words that came and words that went, told by more than colour."""

from difflib import SequenceMatcher
from html import escape

from rhml_core.safe_text import visible

_CAME = "text-decoration:underline;text-underline-offset:.18em;background:rgba(47,158,110,.22)"
_WENT = "opacity:.75;background:rgba(214,93,60,.18)"


def word_changes_html(before: str, after: str) -> str:
    """
    The newer text with new words underlined and gone ones struck through. HTML, escaped.

    >>> word_changes_html("a b", "a c").count("<ins")
    1
    """
    old, new = visible(before).split(), visible(after).split()
    parts = []
    for kind, i, j, k, n in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(escape(" ".join(new[k:n])))
            continue
        if i < j:
            parts.append(f'<del style="{_WENT}">{escape(" ".join(old[i:j]))}</del>')
        if k < n:
            parts.append(f'<ins style="{_CAME}">{escape(" ".join(new[k:n]))}</ins>')
    return " ".join(parts)
