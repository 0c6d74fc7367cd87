"""
What people and machine learn from each other, and what the program's own figures say of it.

SIMULATED: the experts are invented, by the assumptions of `workflows/demo/simulated_mind.py`.
The same team works on the same real messages with the real machine three times: reciprocal turns,
the answer shown at once, no machine at all. It shows whether the program's figures tell the truth
and make harm visible where there is harm. It says nothing of how much real people learn.
Run it: `python -m tests.benchmarks.reciprocity [--data DIR] [--json] [--quick]`.
"""

import time
from pathlib import Path

from rhml_core.domain import Mode
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings
from rhml_core.workflows.demo.simulated_mind import Traits
from tests.benchmarks.labelled_texts import csv_folder
from tests.benchmarks.outcome import finish, machine_facts, options_of, say
from tests.benchmarks.reciprocity_figures import (
    arm_figures,
    effect_targets,
    gap_figures,
    truth_targets,
)
from tests.benchmarks.simulated_corpus import Remembering, demo_texts, make_corpus, set_texts
from tests.benchmarks.simulated_project import Plan, run_project

ARMS = (Mode.RECIPROCAL, Mode.IMMEDIATE, Mode.BLIND)
GAPS = (("immediate", "reciprocal"), ("blind", "reciprocal"), ("immediate", "blind"))
FADING = 0.03
"""Of all experts. Over eight cycles they lose two to three times what Budzyn 2025 saw: a strong
case, so that figures from some hundred answers have something to find."""

TEAM = (
    Traits(skill=0.60, openness=0.8, credulity=0.4, over_reliance=0.95, fading=FADING),
    Traits(skill=0.65, openness=0.7, credulity=0.3, over_reliance=0.90, fading=FADING),
    Traits(skill=0.70, openness=0.6, credulity=0.2, over_reliance=0.85, fading=FADING),
    Traits(skill=0.75, openness=0.5, credulity=0.1, over_reliance=0.80, fading=FADING),
)
"""Four experts: from unsure and easily led to skilled and stubborn."""

FULL = Plan(n_cycles=8, n_turns=24, n_baseline=20, n_holdout=200)
QUICK = Plan(n_cycles=3, n_turns=12, n_baseline=5, n_holdout=120)
MOST_LABELS = 8
MOST_MESSAGES = 700


def measure(corpus, team, plan, *, encoder, cache, seeds, is_quick=False):
    """
    The document: each arm's figures, the gaps between arms, and the targets.

    A quick run is held to the truth alone: it is too short to find an effect.
    """
    start = time.process_time()
    courses = {mode.value: [] for mode in ARMS}
    for seed in seeds:
        for mode in ARMS:
            began = time.process_time()
            courses[mode.value].append(
                run_project(corpus, mode, team, plan, encoder=encoder, cache=cache, seed=seed)
            )
            say(f"seed {seed}, {mode.value}: {time.process_time() - began:.0f} s of processor time")
    document = describe(courses, is_quick=is_quick)
    return {
        "benchmark": "reciprocity",
        "is_simulated": True,
        "corpus": {
            "name": corpus.name,
            "n_messages": len(corpus.texts),
            "n_labels": len(corpus.names),
        },
        "plan": vars(plan),
        "team": [vars(traits) for traits in team],
        "seeds": list(seeds),
        "cpu_seconds": round(time.process_time() - start, 1),
        "machine": machine_facts(),
        **document,
    }


def describe(courses, *, is_quick):
    """The figures of all arms from their courses, by seed, and the targets."""
    arms = {arm: arm_figures(runs) for arm, runs in courses.items()}
    gaps = {
        f"{arm} minus {other}": gap_figures(courses[arm], courses[other]) for arm, other in GAPS
    }
    effects = [] if is_quick else effect_targets(arms, gaps)
    return {
        "arms": arms,
        "gaps": gaps,
        "targets": [*truth_targets(arms, gaps), *effects],
    }


def tell(document):
    """Say the figures for people."""
    corpus, plan = document["corpus"], document["plan"]
    say(
        f"SIMULATED experts: {len(document['team'])} on {corpus['name']} ({corpus['n_labels']} "
        f"labels), {plan['n_cycles']} cycles, {len(document['seeds'])} seeds"
    )
    for arm, figures in document["arms"].items():
        say(f"{arm}, simulated")
        for name in ("machine_by_cycle", "unaided_by_cycle", "true_unaided_by_cycle"):
            said = ", ".join("-" if x is None else f"{x:.2f}" for x in figures[name])
            say(f"  {name.replace('_', ' ')}: {said}")
        for name in ("machine_lift", "human_lift"):
            say(f"  {name.replace('_', ' ')}: {_said(figures[name])}")
        for name, share in figures["reliance"].items():
            say(f"  {name}: {_said(share)}")
        for name in ("merely_followed", "final_accuracy_on_work"):
            say(f"  {name.replace('_', ' ')}: {figures[name]:.3f}")
        say(f"  alarms: {figures['alarms']}")
    for name, gap in document["gaps"].items():
        say(f"unaided accuracy late, {name}, simulated: {_said(gap)}")


def _said(figure):
    if figure["value"] is None:
        return figure["missing"]
    truth = f", truth {figure['truth']:.3f}" if figure.get("truth") is not None else ""
    return (
        f"{figure['value']:+.3f} [{figure['low']:+.3f}, {figure['high']:+.3f}], "
        f"n = {figure['n']}{truth}"
    )


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(
        __doc__, quick="three cycles, two experts, one seed; held to the truth alone"
    )
    options.add_argument("--data", type=Path, help="folder of CSV files; else the demo's corpus")
    options.add_argument("--dataset", default="tram_attack", help="which of them")
    options.add_argument("--seeds", default="0,1")
    given = options.parse_args()
    settings = Settings.from_environment()
    encoder = Remembering(load_base_encoder(settings))
    if given.data:
        file = csv_folder(given.data) / f"{given.dataset}.csv"
        texts = set_texts(file, max_classes=MOST_LABELS, most=MOST_MESSAGES)
    else:
        texts = demo_texts()
    document = measure(
        make_corpus(given.dataset if given.data else "demo", *texts, encoder=encoder),
        TEAM[:2] if given.quick else TEAM,
        QUICK if given.quick else FULL,
        encoder=encoder,
        cache=settings.cache_folder,
        seeds=[0] if given.quick else [int(seed) for seed in given.seeds.split(",")],
        is_quick=given.quick,
    )
    tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
