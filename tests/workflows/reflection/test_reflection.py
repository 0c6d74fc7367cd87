"""What people's words know by themselves: measured on the hold-out, listed from the pool alone."""

from dataclasses import replace

import polars as pl
import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.machine.reflection import fit_reflection, measure_reflection
from rhml_core.store import runs
from rhml_core.workflows.kept.beside import KeptBeside
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.tree import lexicon_tree
from rhml_core.workflows.reflection.lexicon_alone import lexicon_alone
from rhml_core.workflows.reflection.messages import Outcome, Side, reflected_messages
from rhml_core.workflows.reflection.reflection import look_at_reflection
from rhml_core.workflows.reflection.terms import TermOrder, reflection_terms
from tests.app.store_fixtures import add_run

LEXICON = {"spam": ("free", "cheap pills"), "ham": ("lunch",)}


def run_of_today(place, project, taught):
    """A run that was taught these labels after the terms came in."""
    add_run(place, project, 1, {})
    (run,) = runs.list_runs(place.db, project.project_id)
    rows = [(run.run_id, name, label, 1.0) for name, label in taught.items()]
    frame = pl.DataFrame(rows, schema=["run_id", "message_id", "label", "weight"], orient="row")
    with place.db.atomic() as transaction:
        transaction.write_frame(
            "INSERT INTO run_training SELECT run_id, message_id, label, weight FROM frame", frame
        )
    return replace(run, created_at=place.now())


def texts_and_truth(n_pool=24, n_held=24):
    """Spam has `free`, ham has `lunch`; every sixth message misleads."""
    texts, truth = {}, {}
    for place in range(n_pool + n_held):
        name = f"{'p' if place < n_pool else 'h'}{place:02d}"
        is_spam = place % 2 == 0
        misleads = place % 6 == 0
        texts[name] = f"{'free offer' if is_spam != misleads else 'lunch at noon'} number {place}"
        truth[name] = "spam" if is_spam else "ham"
    return texts, truth


@pytest.fixture
def add_terms(place, team, project):
    def add(found=LEXICON):
        for label, terms in found.items():
            for term in terms:
                lexicon.add_term(
                    place, team["ana"], project.project_id, term, label=label, key=f"{label}{term}"
                )

    return add


@pytest.fixture
def judged(add_messages, add_labels, add_terms):
    """24 messages of the pool and as many held out; Ana and Ben judged all but `p23`."""
    texts, truth = texts_and_truth()
    add_messages(texts, holdout=[name for name in texts if name[0] == "h"])
    rows = [(name, who, truth[name]) for name in texts for who in ("Ana", "Ben")]
    add_labels([row for row in rows if row[0] != "p23"])
    add_terms()
    return texts, truth


@pytest.fixture
def look(place, team, project):
    def at(person="sue"):
        return look_at_reflection(place, team[person], project.project_id)

    return at


def test_figures_are_those_of_the_two_models_on_the_hold_out(judged, look):
    """The same numbers as from the models that are told the messages by hand."""
    texts, truth = judged
    pool = [name for name in texts if name[0] == "p" and name != "p23"]
    held = [name for name in texts if name[0] == "h"]

    figures = look().value

    taught = [truth[name] for name in pool]
    expected = measure_reflection(
        [texts[name] for name in held], [truth[name] for name in held], LEXICON, taught=taught
    )
    model = fit_reflection([texts[name] for name in pool], taught, LEXICON)
    answers = model.predict_proba([texts[name] for name in held]).argmax(axis=1)
    right = sum(model.labels[at] == truth[name] for at, name in zip(answers, held, strict=True))
    assert (figures.plain, figures.n_hit) == (expected.macro_f1, expected.n_hit)
    assert (figures.taught.n, figures.n_judged, figures.n_terms) == (24, 23, 3)
    assert right / 24 == pytest.approx(figures.taught.value, abs=0.02)


def test_answers_are_out_of_fold_and_none_is_of_the_hold_out(judged, look):
    texts, truth = judged
    pool = [name for name in texts if name[0] == "p" and name != "p23"]

    answers = look().value.answers

    model = fit_reflection([texts[name] for name in pool], [truth[name] for name in pool], LEXICON)
    said = [model.labels[at] for at in model.out_of_fold.argmax(axis=1)]
    assert answers == dict(zip(pool, said, strict=True))


def test_outcomes_split_the_judged_pool(place, team, project, judged, look):
    texts, truth = judged
    figures = look().value

    found = reflected_messages(place, team["sue"], project.project_id, figures, "spam")

    by_hand = dict.fromkeys(Outcome, 0)
    for name, answer in figures.answers.items():
        kind = ("t" if (answer == "spam") == (truth[name] == "spam") else "f") + (
            "p" if answer == "spam" else "n"
        )
        by_hand[Outcome(kind)] += 1
    assert found.counts == by_hand
    assert (found.n, sum(found.counts.values()), found.n_pages) == (23, 23, 2)
    assert all(one.message_id in figures.answers for one in found.messages)
    assert {one.text for one in found.messages} <= set(texts.values())


def test_terms_are_marked_with_the_labels_they_speak_for(place, team, project, judged, look):
    found = reflected_messages(
        place, team["sue"], project.project_id, look().value, "spam", term="lunch"
    )

    one = found.messages[0]
    assert [(one.text[mark.span.start : mark.span.end], mark.labels) for mark in one.marks] == [
        ("lunch", ("ham",))
    ]
    assert all("lunch" in each.text for each in found.messages)


def test_expert_is_shown_nothing_that_is_still_theirs_to_judge(
    place, team, project, judged, look, add_labels, add_messages
):
    """Ben alone judged x1, so that Ana has it yet before her: neither listed nor counted."""
    add_messages({"x1": "free cheap pills"})
    add_labels([("x1", "Ben", "spam")])
    figures = look().value

    hers, all_of_it = (
        reflected_messages(place, team[name], project.project_id, figures, "spam", term="free")
        for name in ("ana", "sue")
    )

    assert "x1" in figures.answers
    assert "x1" not in {one.message_id for one in hers.messages}
    assert "x1" in {one.message_id for one in all_of_it.messages}
    assert sum(all_of_it.counts.values()) - sum(hers.counts.values()) == 1
    of_hers = reflection_terms(place, team["ana"], project.project_id, figures)
    assert of_hers.n_judged == 23


def test_term_that_is_not_in_the_lexicon_is_refused(place, team, project, judged, look):
    with pytest.raises(InvalidInputError, match="no term"):
        reflected_messages(
            place, team["sue"], project.project_id, look().value, "spam", term="gone"
        )


def test_term_table_counts_by_hand(place, team, project, judged, look):
    texts, truth = judged
    figures = look().value

    page = reflection_terms(
        place, team["sue"], project.project_id, figures, label="spam", order=TermOrder.MESSAGES
    )

    pool = [name for name in texts if name[0] == "p" and name != "p23"]
    contains = ["free" in texts[name] for name in pool]
    is_spam = [truth[name] == "spam" for name in pool]
    both = sum(c and s for c, s in zip(contains, is_spam, strict=True))
    free, pills = page.terms
    assert (free.term.expression, pills.term.expression) == ("free", "cheap pills")
    assert (free.n_for, free.n_against) == (both, sum(contains) - both)
    assert free.precision.value == pytest.approx(both / sum(contains))
    assert free.recall.value == pytest.approx(both / sum(is_spam))
    f1 = 2 * both / (sum(contains) + sum(is_spam))
    assert (free.f1.value, free.f1.n) == (pytest.approx(f1), 23)
    assert free.weight > 0
    assert (pills.n_messages, pills.precision) == (0, None)


def test_each_count_of_a_term_leads_to_as_many_messages(place, team, project, judged, look):
    figures = look().value
    page = reflection_terms(place, team["ana"], project.project_id, figures)

    for one in page.terms:
        for side, n in ((Side.FOR, one.n_for), (Side.AGAINST, one.n_against)):
            found = reflected_messages(
                place,
                team["ana"],
                project.project_id,
                figures,
                one.term.label,
                term=one.term.expression,
                side=side,
            )
            assert found.n == n


def test_cycle_that_ended_before_the_first_term_says_so(place, project, judged, look):
    add_run(place, project, 1, {})

    (cycle,) = look().value.cycles

    assert (cycle.cycle, cycle.run_number, cycle.machine) == (1, 1, None)
    assert cycle.missing == "The lexicon had no term when this cycle ended."


def test_words_of_a_cycle_are_weighed_by_what_taught_its_run(place, project, judged, look):
    texts, truth = judged
    taught = {name: truth[name] for name in texts if name[0] == "p" and name != "p23"}
    run = run_of_today(place, project, taught)

    found = lexicon_alone(place.db, project.project_id, [run], with_taught=True)[run.number]
    plain = lexicon_alone(place.db, project.project_id, [run])[run.number]

    assert (found.macro_f1, found.taught) == (look().value.plain, look().value.taught)
    assert (plain.macro_f1, plain.taught) == (found.macro_f1, None)


def test_too_little_hold_out_is_said_in_words(
    place, project, add_messages, add_labels, add_terms, look
):
    texts, truth = texts_and_truth(n_held=4)
    add_messages(texts, holdout=[name for name in texts if name[0] == "h"])
    add_labels([(name, "Ana", truth[name]) for name in texts])
    add_terms()

    figures = look().value

    assert (figures.plain, figures.taught) == (None, None)
    assert "Only 4 hold-out messages" in figures.missing
    assert figures.is_taught


def test_empty_lexicon_has_no_figure(look, project):
    figures = look().value

    assert (figures.n_terms, figures.plain, figures.answers) == (0, None, {})
    assert "no term yet" in figures.missing


def test_new_term_makes_the_figures_anew(place, team, project, judged, look):
    before = look().value

    lexicon.add_term(place, team["ana"], project.project_id, "noon", label="ham", key="noon")

    assert look().value.n_terms == before.n_terms + 1
    assert look().is_current


def test_tree_counts_messages_of_labels_once(place, team, project, judged):
    """`free` and `offer` stand in the same messages."""
    lexicon.add_term(
        place, team["ana"], project.project_id, "offer", label="spam", category="sale", key="o"
    )

    tree = lexicon_tree(place, team["vic"], project.project_id)

    spam = next(one for one in tree.labels if one.label == "spam")
    assert spam.n_messages == tree.counts["free"] == tree.counts["offer"]
    assert (spam.n_terms, [one.name for one in spam.categories]) == (3, ["", "sale"])
    assert tree.n_pool == 24


def test_matches_are_looked_up_once_a_version(place, team, project, judged):
    first = pool_matches(place.db, project.project_id)

    assert pool_matches(place.db, project.project_id) is first

    lexicon.add_term(place, team["ana"], project.project_id, "noon", label="ham", key="noon")

    assert "noon" in pool_matches(place.db, project.project_id).columns


def test_older_value_is_shown_while_a_newer_one_is_made():
    """A page never waits for figures that it has an older version of."""
    kept, waiting = KeptBeside(most_places=2), []
    kept.look("p", 1, lambda: "old", lambda work: work())

    looked = kept.look("p", 2, lambda: "new", waiting.append)
    again = kept.look("p", 2, lambda: "never", waiting.append)

    assert (looked.value, looked.is_current, looked.is_working) == ("old", False, True)
    assert (again.value, len(waiting)) == ("old", 1)

    waiting[0]()

    assert kept.look("p", 2, lambda: "never", waiting.append).value == "new"


def test_failed_making_is_not_tried_again_until_something_changes():
    kept, tries = KeptBeside(most_places=2), []

    def fail():
        tries.append(1)
        raise ZeroDivisionError

    kept.look("p", 1, fail, lambda work: work())
    looked = kept.look("p", 1, fail, lambda work: work())

    assert (looked.value, looked.is_working, len(tries)) == (None, False, 1)
    assert kept.look("p", 2, lambda: "good", lambda work: work()).value == "good"
