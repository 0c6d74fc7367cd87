import dataclasses

import pytest

from rhml_core.domain import ConceptKind, ConceptStatus
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.figures import Interval
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.cards import CARDS_ON_PAGE, JournalFilters, journal_page
from rhml_core.workflows.journal.groups import JournalGroup, group_of, why_misleading
from tests.workflows.journal.journal_desk import JournalDesk, make_concept

MONEY = "concept-money-spam"


@pytest.fixture
def desk(place, project, add_messages):
    add_messages({"m1": "free money", "m2": "noon is money", "m3": "lunch at noon"})
    return JournalDesk(place, project)


@pytest.fixture
def surfaced(desk):
    """Run 1 found money, run 2 money and noon."""
    money = make_concept("money", messages_for=["m1"], messages_against=["m2"])
    desk.surface(1, [money])
    desk.surface(2, [money, make_concept("noon", "ham")])
    return desk


def terms(page):
    return [card.concept.terms[0] for card in page.cards]


def with_sides(n_for, n_against, f1, *, status=ConceptStatus.ADOPTED, is_new=False):
    return dataclasses.replace(
        make_concept("money"),
        n_for=n_for,
        n_against=n_against,
        term_f1=f1,
        status=status,
        is_new=is_new,
    )


@pytest.mark.parametrize(
    ("n_for", "n_against", "f1", "begins"),
    [
        (2, 18, Interval(0.2, 0.1, 0.3, 100), "Contradicted: of the judged messages with it, 10 %"),
        (6, 6, Interval(0.2, 0.1, 0.3, 100), "Term F1 is low, 0.20 [0.10, 0.30], n = 100"),
        (20, 0, Interval(0.2, 0.1, 0.3, 100), ""),
        (6, 6, Interval(0.4, 0.2, 0.6, 100), ""),
        (0, 0, Interval(0.0, 0.0, 0.1, 100), ""),
    ],
)
def test_term_of_ours_misleads_where_it_is_surely_wrong_or_surely_low(n_for, n_against, f1, begins):
    """A rare term that is right in all its messages is left in peace, though its F1 is low."""
    why = why_misleading(with_sides(n_for, n_against, f1))

    assert why.startswith(begins)
    assert bool(why) is bool(begins)


def test_term_that_the_lexicon_has_under_another_label_is_to_be_re_examined():
    """A run found it to speak for spam, where our lexicon says ham."""
    found = dataclasses.replace(
        make_concept("money"), n_for=9, n_against=1, is_new=False, contradicts="ham"
    )

    group, why = group_of(found, {})

    assert group is JournalGroup.REEXAMINE
    assert why == (
        "Contradicted: the lexicon had it under ham, but of the judged messages with it 9 are "
        "spam and 1 are not."
    )


def test_only_terms_of_ours_can_mislead():
    """What is new to us and undecided, or rejected, is not in our lexicon."""
    wrong = Interval(0.1, 0.0, 0.2, 100)

    undecided = with_sides(2, 18, wrong, status=ConceptStatus.NEW, is_new=True)
    known = with_sides(2, 18, wrong, status=ConceptStatus.NEW)
    rejected = with_sides(2, 18, wrong, status=ConceptStatus.REJECTED)

    assert [bool(why_misleading(one)) for one in (undecided, known, rejected)] == [
        False,
        True,
        False,
    ]
    assert group_of(undecided, {}) == (JournalGroup.NEW, "")
    assert group_of(known, {})[0] is JournalGroup.REEXAMINE
    assert group_of(rejected, {}) == (JournalGroup.SETTLED, "")


def test_cards_stand_in_groups_and_the_first_undecided_is_next(place, team, project, surfaced):
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, key="a")

    page = journal_page(place, team["ana"], project.project_id)

    assert terms(page) == ["noon", "money"]
    assert [card.group for card in page.cards] == [JournalGroup.NEW, JournalGroup.SETTLED]
    assert page.n_by_group[JournalGroup.REEXAMINE] == 0
    assert page.next_id == "concept-noon-ham"
    assert page.n_by_status == {
        ConceptStatus.NEW: 1,
        ConceptStatus.ADOPTED: 1,
        ConceptStatus.REJECTED: 0,
    }


def test_what_is_put_off_ends_its_group(place, team, project, surfaced):
    first = journal_page(place, team["ana"], project.project_id)
    put_off = first.cards[0].concept.concept_id

    page = journal_page(place, team["ana"], project.project_id, later=[put_off])

    assert terms(page) == terms(first)[::-1]
    assert page.next_id == page.cards[0].concept.concept_id


def test_every_filter_takes_out_what_does_not_fit(place, team, project, surfaced):
    """Mine, label, status and cycle; the numbers on the statuses follow the other filters."""
    threads.add_comment(
        place, team["ana"], project.project_id, "concept:concept-noon-ham", "Hm.", key="c"
    )

    def shown(person, **filters):
        return terms(
            journal_page(place, person, project.project_id, filters=JournalFilters(**filters))
        )

    assert shown(team["ana"], is_mine=True) == ["noon"]
    assert shown(team["ben"], is_mine=True) == []
    assert shown(team["ana"], label="spam") == ["money"]
    assert shown(team["ana"], status=ConceptStatus.REJECTED) == []
    assert shown(team["ana"], cycle=1) == ["money"]
    assert set(shown(team["ana"], cycle=2)) == {"money", "noon"}
    assert shown(team["ana"], cycle=3) == ["noon"]


def test_reason_given_makes_a_concept_mine(place, team, project, surfaced):
    surfaced.judge(team["ben"], "m1", "spam", marked=[(5, 10)])

    page = journal_page(
        place, team["ben"], project.project_id, filters=JournalFilters(is_mine=True)
    )

    assert terms(page) == ["money"]


def test_users_are_named_only_on_messages_that_the_reader_may_know(place, team, project, surfaced):
    """Ben has not judged m1: a mere number would tell him that a colleague called it spam."""
    surfaced.judge(team["ana"], "m1", "spam", marked=[(5, 10)])

    def money(person):
        page = journal_page(place, person, project.project_id)
        return next(card for card in page.cards if card.concept.concept_id == MONEY)

    assert [(use.person.name, use.n) for use in money(team["sue"]).used_by] == [("Ana", 1)]
    assert money(team["ben"]).used_by == ()
    assert "one of you" not in money(team["ben"]).machine_says
    assert "one of you used it" in money(team["sue"]).machine_says


def test_counts_on_a_card_leave_out_what_an_expert_has_still_to_judge(
    place, team, project, surfaced
):
    """One message for and one against: who knows one answer could take it off both counts."""
    surfaced.judge(team["ana"], "m1", "spam")
    surfaced.judge(team["ben"], "m2", "ham")

    def evidence(person):
        page = journal_page(place, person, project.project_id)
        return next(one.evidence for one in page.cards if one.concept.concept_id == MONEY)

    assert (evidence(team["ana"]).n_for, evidence(team["ana"]).n_against) == (1, 0)
    assert (evidence(team["ben"]).n_for, evidence(team["ben"]).n_against) == (0, 1)
    assert evidence(team["ana"]).term_f1.n == 1
    assert (evidence(team["sue"]).n_for, evidence(team["sue"]).n_against) == (1, 1)
    assert evidence(team["sue"]).term_f1.n == 48
    assert [evidence(team[who]).is_partial for who in ("ana", "vic")] == [True, False]


def test_term_f1_is_none_where_an_expert_may_know_no_answer(place, team, project, surfaced):
    page = journal_page(place, team["ana"], project.project_id)

    assert {one.evidence.term_f1 for one in page.cards} == {None}


def test_open_card_lists_to_an_expert_only_messages_that_they_judged(
    place, team, project, surfaced
):
    surfaced.judge(team["ben"], "m2", "ham")

    def opened(person):
        found = journal_page(place, person, project.project_id, opened=MONEY).opened
        return [[one.message_id for one in side] for side in _sides(found)]

    assert opened(team["ben"]) == [[], ["m2"]]
    assert opened(team["sue"]) == [["m1"], ["m2"]]


def _sides(found):
    return (found.messages_for, found.messages_against)


def test_page_with_the_opened_card_is_shown(place, team, project, desk):
    """A link to a card on the second page leads there; a page that is none is brought within."""
    found = [make_concept(f"t{number:02}") for number in range(CARDS_ON_PAGE + 1)]
    desk.surface(1, found)
    last = journal_page(place, team["ana"], project.project_id, page=9)

    linked = journal_page(
        place, team["ana"], project.project_id, opened=last.cards[0].concept.concept_id
    )

    assert (last.page, last.n_pages, len(last.cards)) == (2, 2, 1)
    assert linked.page == 2
    assert linked.opened is not None
    assert journal_page(place, team["ana"], project.project_id, page=0).page == 1


def test_page_is_read_at_once_however_many_cards_it_has(place, team, project, desk, monkeypatch):
    """The number of reads does not grow with the cards: none is read by itself."""
    desk.surface(1, [make_concept("t1")])
    reads = []
    read = type(place.db).read
    monkeypatch.setattr(
        type(place.db), "read", lambda self, sql, **p: (reads.append(sql), read(self, sql, **p))[1]
    )

    def n_reads():
        journal_page(place, team["ana"], project.project_id)
        with place.db.atomic():
            pass  # what was read for the page before counts no more
        reads.clear()
        journal_page(place, team["ana"], project.project_id)
        return len(reads)

    with_one = n_reads()
    desk.surface(2, [make_concept(f"t{number}") for number in range(CARDS_ON_PAGE)])

    assert n_reads() == with_one


def test_cluster_is_not_adopted(place, team, project, desk):
    """It says that a label may be missing: its way leads to the codebook."""
    desk.surface(1, [dataclasses.replace(make_concept("money"), kind=ConceptKind.CLUSTER)])
    act = (place, team["ana"], project.project_id, MONEY)

    with pytest.raises(InvalidInputError, match="codebook"):
        journal.adopt_concept(*act, key="a")

    assert journal.reject_concept(*act, reason="no", key="b").status is ConceptStatus.REJECTED


def test_label_that_is_none_is_refused_and_viewers_do_not_adopt(place, team, project, surfaced):
    with pytest.raises(InvalidInputError, match="not in the codebook"):
        journal.adopt_concept(place, team["ana"], project.project_id, MONEY, label="eggs", key="a")
    with pytest.raises(NotAllowedError):
        journal.adopt_concept(place, team["vic"], project.project_id, MONEY, key="a")
