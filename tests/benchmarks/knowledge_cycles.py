"""
What people and machine come to know in eight cycles: the lexicon alone beside the machine.

SIMULATED: the experts are invented, by the assumptions of `workflows/demo/simulated_mind.py`
and `tests/benchmarks/simulated_lexicon.py`; the messages, the machine and all figures are real.
A team starts with a small lexicon. In one arm it adds the terms that it notices in what it
judges; in the other it also decides, in the journal, on what the machine surfaced. Both are
measured cycle by cycle on the same hold-out, which shapes nothing.
Run it: `python -m tests.benchmarks.knowledge_cycles --data DIR [--json] [--quick]`.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from rhml_core.domain import Mode
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.reflection import reflect
from rhml_core.measures.comparison import compare_runs
from rhml_core.measures.estimates import Estimate
from rhml_core.settings import Settings
from rhml_core.store import lexicons, runs
from rhml_core.workflows.demo.simulated_mind import Traits
from tests.benchmarks.labelled_texts import csv_folder
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target
from tests.benchmarks.reciprocity_figures import mean_of
from tests.benchmarks.simulated_corpus import Remembering, make_corpus, set_texts
from tests.benchmarks.simulated_lexicon import (
    chances,
    decide_on_concepts,
    find_own_terms,
    start_lexicon,
    survey_field,
)
from tests.benchmarks.simulated_project import Plan, run_project

ALONE, TOGETHER = "own terms alone", "with the machine's concepts"
TEAM = (Traits(skill=0.75), Traits(skill=0.8), Traits(skill=0.85))
N_START = 1
"""Terms of each label that the team starts with."""
FULL = Plan(n_cycles=8, n_turns=20, n_baseline=0, n_holdout=200)
QUICK = Plan(n_cycles=2, n_turns=15, n_baseline=0, n_holdout=100)
MOST_LABELS = 6
MOST_MESSAGES = 900


@dataclass(frozen=True)
class Course:
    """
    What became of one team.

    Attributes:
        lexicon: the product's figure on the lexicon alone, by cycle.
        machine: the product's figure on the machine, by cycle.
        machine_lift: the product's figure on the machine's rise from first to last cycle.
        n_terms: in the lexicon at the end of each cycle.
        first, last: what the lexicon of the first and the last cycle answers to the hold-out.
        truth: the labels of the hold-out.
    """

    lexicon: list
    machine: list
    machine_lift: Estimate
    n_terms: list
    first: tuple
    last: tuple
    truth: list


def run_team(corpus, plan, *, encoder, cache, seed, decides):
    """
    One team's cycles, from its small lexicon to its last run.

    Args:
        corpus: the messages.
        plan: how large.
        encoder: the machine's.
        cache: folder of the encoder's files.
        seed: fixes the hold-out and all chances.
        decides: whether the team looks at what the machine surfaced.
    """
    rng, kept = chances(seed), {}

    def beside(cycle, desk):
        if cycle == 0:
            kept["field"] = survey_field(corpus, desk.holdout)
            start_lexicon(desk, kept["field"], n_terms=N_START, rng=rng)
            return
        find_own_terms(desk, cycle)
        if decides:
            decide_on_concepts(desk, kept["field"], rng=rng)

    def at_end(_cycle, desk):
        held = sorted(desk.holdout)
        texts = [corpus.texts[name] for name in held]
        kept["truth"] = [corpus.labels[name] for name in held]
        closing = sorted(runs.list_runs(desk.place.db, desk.project_id), key=_made)
        kept["ends"] = [_answers(desk, run, texts) for run in (closing[0], closing[-1])]

    course = run_project(
        corpus, Mode.RECIPROCAL, TEAM, plan, encoder=encoder, cache=cache, seed=seed,
        beside=beside, at_end=at_end,
    )  # fmt: skip
    cycles = [one for one in course.learners.cycles if one.run_number is not None]
    first, last = kept["ends"]
    return Course(
        lexicon=[one.lexicon.macro_f1 for one in cycles],
        machine=[one.machine for one in cycles],
        machine_lift=course.learners.machine_lift,
        n_terms=[one.lexicon.n_terms for one in cycles],
        first=first,
        last=last,
        truth=kept["truth"],
    )


def describe(courses, names):
    """
    The figures of both arms from their courses, seed by seed, and the targets.

    What the machine's concepts add to the lexicon is told and is no target: it is what one wants
    to know.
    """
    arms = {arm: _arm_figures(found, names) for arm, found in courses.items()}
    gaps = [
        _gap(one.truth, one.last, other.last, names)
        for one, other in zip(courses[ALONE], courses[TOGETHER], strict=True)
    ]
    gap = mean_of(gaps)
    together = arms[TOGETHER]
    return {
        "arms": arms,
        "lexicon with the machine's concepts minus own terms alone": gap,
        "targets": [
            target(
                "rise of the lexicon alone with the machine's concepts, lower bound",
                together["lexicon_lift"]["low"], 0.0, is_least=True,
            ),
            target(
                "rise of the machine with a lexicon that grows, lower bound",
                together["machine_lift"]["low"], 0.0, is_least=True,
            ),
        ],
    }  # fmt: skip


def _arm_figures(courses, names):
    return {
        "lexicon_by_cycle": _by_cycle([one.lexicon for one in courses]),
        "machine_by_cycle": _by_cycle([one.machine for one in courses]),
        "n_terms_by_cycle": [
            round(sum(of_cycle) / len(courses), 1)
            for of_cycle in zip(*(one.n_terms for one in courses), strict=True)
        ],
        "lexicon_lift": mean_of([_gap(one.truth, one.first, one.last, names) for one in courses]),
        "machine_lift": mean_of([one.machine_lift for one in courses]),
    }


def _by_cycle(curves):
    return [
        mean_of([Estimate(found) for found in of_cycle]) for of_cycle in zip(*curves, strict=True)
    ]


def _gap(truth, first, second, names):
    return Estimate(compare_runs(truth, first, second, names).difference)


def _made(run):
    return run.created_at, run.number


def _answers(desk, run, texts):
    db = desk.place.db
    version = lexicons.version_at(db, desk.project_id, run.created_at)
    lexicon = lexicons.get_lexicon(db, desk.project_id, version).by_label()
    taught = runs.training_labels(db, run.run_id)["label"].to_list()
    return reflect(texts, lexicon, taught=taught).labels


def measure(corpus, plan, *, encoder, cache, seeds):
    """The document: both arms' figures, the gap between them, and the targets."""
    start = time.process_time()
    courses = {ALONE: [], TOGETHER: []}
    for seed in seeds:
        for arm, found in courses.items():
            found.append(
                run_team(
                    corpus, plan, encoder=encoder, cache=cache, seed=seed, decides=arm == TOGETHER
                )
            )
            say(f"seed {seed}, {arm}: {found[-1].n_terms[-1]} terms")
    return {
        "benchmark": "knowledge_cycles",
        "is_simulated": True,
        "corpus": {
            "name": corpus.name,
            "n_messages": len(corpus.texts),
            "n_labels": len(corpus.names),
        },
        "plan": vars(plan),
        "team": [vars(traits) for traits in TEAM],
        "seeds": list(seeds),
        "cpu_seconds": round(time.process_time() - start, 1),
        "machine": machine_facts(),
        **describe(courses, corpus.names),
    }


def tell(document):
    """Say the curves for people."""
    gap = document["lexicon with the machine's concepts minus own terms alone"]
    say(
        f"SIMULATED experts on {document['corpus']['name']}: the lexicon with the machine's "
        f"concepts minus own terms alone, last cycle: {gap['value']:+.3f} "
        f"[{gap['low']:+.3f}, {gap['high']:+.3f}]"
    )
    for arm, figures in document["arms"].items():
        say(f"{arm}, simulated")
        for name in ("lexicon_by_cycle", "machine_by_cycle"):
            said = ", ".join(
                f"{one['value']:.2f} [{one['low']:.2f}, {one['high']:.2f}]" for one in figures[name]
            )
            say(f"  {name.replace('_', ' ')}: {said}")
        say(f"  terms by cycle: {figures['n_terms_by_cycle']}")


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="two cycles, one seed, two labels; within a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    options.add_argument("--dataset", default="tram_attack", help="which of them")
    options.add_argument("--seeds", default="0,1,2")
    given = options.parse_args()
    settings = Settings.from_environment()
    encoder = Remembering(load_base_encoder(settings))
    texts = set_texts(
        csv_folder(given.data) / f"{given.dataset}.csv",
        max_classes=2 if given.quick else MOST_LABELS,
        most=300 if given.quick else MOST_MESSAGES,
    )
    document = measure(
        make_corpus(given.dataset, *texts, encoder=encoder),
        QUICK if given.quick else FULL,
        encoder=encoder,
        cache=settings.cache_folder,
        seeds=[0] if given.quick else [int(seed) for seed in given.seeds.split(",")],
    )
    tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
