"""How often 95 % intervals hold the true value, where it is known."""

import numpy as np

from rhml_core.measures.agreement.alpha import alpha_interval
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.many_raters import fleiss_kappa, gwet_ac1, percent_agreement
from rhml_core.measures.competence import competences
from tests.benchmarks.simulated_crowd import judge, make_crowd

PRIOR = (0.5, 0.3, 0.2)
N_RATERS = 6
N_EACH = (2, 3, 4)
N_MESSAGES = 200
N_FOR_COMPETENCE = 300
N_EACH_FOR_COMPETENCE = (4,)


def agreement_coverage(n_trials, *, n_messages=N_MESSAGES, n_replicates=1000, seed=0):
    """
    Share of trials in which each measure's interval holds the truth, by measure.

    Cohen's kappa is taken of the first two raters, on the messages that both have judged.
    """
    crowd = make_crowd(N_RATERS, PRIOR, right=(0.6, 0.95), seed=seed)
    measures = {
        "alpha": (alpha_interval, crowd.alpha),
        "fleiss": (fleiss_kappa, crowd.alpha),
        "ac1": (gwet_ac1, crowd.ac1),
        "percent": (percent_agreement, crowd.percent),
    }
    held = dict.fromkeys([*measures, "kappa"], 0)
    chance = {"n_replicates": n_replicates}
    for trial in range(n_trials):
        ratings = judge(crowd, n_messages, n_each=N_EACH, seed=(seed, trial))
        for name, (measure, truth) in measures.items():
            interval = measure(ratings, **chance, seed=trial)
            held[name] += interval.low <= truth <= interval.high
        both = judge(crowd, n_messages, n_each=[N_RATERS], seed=(seed, trial, 1))
        pair = both.of_raters(both.raters[:2])
        row = pairwise_kappa(pair, **chance, seed=trial).row(0, named=True)
        held["kappa"] += row["low"] <= crowd.kappa(0, 1) <= row["high"]
    return {name: n / n_trials for name, n in held.items()}


def competence_coverage(n_trials, *, n_messages=N_FOR_COMPETENCE, n_replicates=150, seed=0):
    """Share of raters, over all trials, whose interval holds their true competence."""
    crowd = make_crowd(2 * N_RATERS - 4, PRIOR, right=(0.6, 0.95), seed=seed)
    held = []
    for trial in range(n_trials):
        ratings = judge(crowd, n_messages, n_each=N_EACH_FOR_COMPETENCE, seed=(seed, trial))
        found = competences(ratings, n_replicates=n_replicates, seed=trial).by_rater
        is_held = (found["low"].to_numpy() <= crowd.competence) & (
            crowd.competence <= found["high"].to_numpy()
        )
        held.append(is_held.mean())
    return {"competence": float(np.mean(held))}
