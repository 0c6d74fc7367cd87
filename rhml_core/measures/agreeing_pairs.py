"""How often two people who judge the same message agree."""

import polars as pl

from rhml_core.measures.estimates import Estimate, share_of


def agreeing_pairs(labels: pl.DataFrame, *, missing: str) -> Estimate:
    """
    The share of agreeing pairs among all pairs of people who judged the same message.

    Args:
        labels: `message_id, expert_id, label` (String); one row per message and expert.
        missing: what to say where no message was judged by two people.

    Returns:
        Share, 0 to 1, with its `n` pairs; pairs on one message count as fewer, for they are
        alike.

    Source:
        Observed agreement as in Fleiss, Measuring nominal scale agreement among many raters,
        1971, over pairs; its interval as in `share_of`.
    """
    one = labels.select("message_id", "expert_id", "label")
    pairs = one.join(one, on="message_id", how="inner", suffix="_b").filter(
        pl.col("expert_id") < pl.col("expert_id_b")
    )
    pairs = pairs.sort("message_id", "expert_id", "expert_id_b")
    return share_of(pairs["label"] == pairs["label_b"], pairs["message_id"], missing=missing)
