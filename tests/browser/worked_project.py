"""A small project in which two experts have labelled almost everything alike."""

import polars as pl

from rhml_core.domain import Label, Role

ROLES = {"Sue": Role.ADMIN, "Ana": Role.EXPERT, "Ben": Role.EXPERT}
LABELS = [
    Label("ham", "wanted, of people", ("see you",), key="1"),
    Label("spam", "unwanted, of machines", ("win cash",), key="2"),
]
N_OF_A_KIND = 14


def messages_to_sort():
    """Two kinds, a third of them held out, and some that nobody has judged yet."""
    rows = [
        (f"{kind}{n}", text.format(n), f"author{n % 3}", "holdout" if n % 3 == 0 else "pool")
        for kind, text in (
            ("spam", "cheap pills and hot offers {}"),
            ("ham", "notes of the meeting on monday {}"),
        )
        for n in range(N_OF_A_KIND)
    ]
    rows += [(f"new{n}", f"shall we have lunch on friday {n}", "author1", "pool") for n in range(8)]
    return pl.DataFrame(rows, schema=["message_id", "text", "author", "split"], orient="row")


def labels_of_two():
    """What Ana and Ben say of both kinds; on one message they differ."""
    rows = [
        (f"{kind}{n}", expert, "ham" if (expert, n) == ("Ben", 4) else kind)
        for kind in ("spam", "ham")
        for n in range(N_OF_A_KIND)
        for expert in ("Ana", "Ben")
    ]
    return pl.DataFrame(rows, schema=["message_id", "expert", "label"], orient="row")
