"""Numbers with their noun."""


def counted(n: int, noun: str, nouns: str = "") -> str:
    """
    The number with the noun in its right form.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "reply", "replies")
    ('1 row', '1,200 rows', '2 replies')
    """
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"
