"""
Turns under everything that browsers do to them: two tabs, reloads, repeats and late arrivals.

Whatever the order, no judgement is lost or doubled, phases come in their order, and nothing of the
machine is handed out before the protocol lets it.
"""

import random
import uuid

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from rhml_core.domain import DrawnBecause, Label, Mode, Phase, QueueShares, Role, Split, TurnState
from rhml_core.errors import ConflictError
from rhml_core.settings import Settings
from rhml_core.store import embeddings, messages
from rhml_core.store import turns as turn_store
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.turn import queue, turns
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder
from tests.store.rows_on_record import turn_steps

N_EXAMPLES = 20
N_STEPS = 30
WORDS = {"s": "cheap pills offer", "h": "meeting notes monday"}
NEW = ["cheap pills today", "notes of monday", "pills and notes", "meeting offer", "cheap meeting"]
HELD = ["pills for you", "monday notes for you", "offer of notes"]
SHARES = QueueShares(uncertain=0.1, contested=0, conflict=0, rare=0.1, holdout=0.2, probe=0.3)

OPEN, EXPLAINED, REVEALED = TurnState.OPEN, TurnState.EXPLAINED, TurnState.REVEALED
DONE, SKIPPED, EXPIRED = TurnState.DONE, TurnState.SKIPPED, TurnState.EXPIRED
WAITS = {OPEN, EXPIRED}

# Said once more and apart from the program's own table.
POSSIBLE = {
    "commit": WAITS,
    "skip": WAITS,
    "revise": {EXPLAINED},
    "finish": {REVEALED},
    "correct": {DONE},
}
SEQUENCES = {
    ((), OPEN),
    (("skipped",), SKIPPED),
    (("committed",), DONE),
    (("committed",), EXPLAINED),
    (("committed", "revised"), REVEALED),
    (("committed", "revised", "finished"), DONE),
}
FITTING = {EXPLAINED: "revise", REVEALED: "finish"}
PHASES = {"commit": Phase.COMMIT, "revise": Phase.REVISED}
GIVE = {
    "commit": turns.commit,
    "revise": turns.answer_explanation,
    "finish": turns.finish,
    "correct": turns.correct,
}
TABS = st.sampled_from(["left", "right"])
LABELS = st.sampled_from(["ham", "spam"])


@pytest.fixture
def workplace(tmp_path, encoder_cache, monkeypatch):
    """A workplace whose machine stays as it is, and whose chances an example can repeat."""
    monkeypatch.setattr(queue, "uuid", _RepeatableNames())
    settings = Settings(
        database=tmp_path / "rhml.duckdb", cache_folder=encoder_cache, retrain_every=10**6
    )
    place = open_workplace(settings, in_background=False, load_encoder=lambda _: HashingEncoder())
    yield place
    place.close()


class _RepeatableNames:
    def uuid4(self):
        """Drawn from the chances that Hypothesis sets anew for each example."""
        return uuid.UUID(int=random.getrandbits(128))


class Interleaved(RuleBasedStateMachine):
    """One expert with two tabs, and a colleague; what should be stored is kept beside."""

    def __init__(self, place, sue):
        """Nothing is begun before the mode is drawn."""
        super().__init__()
        self.place, self.sue = place, sue
        self.shown = {"left": None, "right": None}
        self.states, self.lapsed = {}, set()
        self.accepted, self.judged, self.keys = set(), [], []

    def teardown(self):
        """At the end, every turn's steps are looked at; the next example may draw its names."""
        self.check_steps()
        with self.place.db.atomic() as transaction:
            transaction.write("DELETE FROM turns")
            transaction.write("DELETE FROM turn_steps")
            transaction.write("DELETE FROM judgements")

    @initialize(mode=st.sampled_from([Mode.RECIPROCAL, *Mode]))
    def begin(self, mode):
        """A project of its own, with a machine that speaks."""
        self.mode = mode
        name = f"P{len(projects.list_projects(self.place, self.sue))}"
        self.ana = people.add_person(self.place, self.sue, f"Ana {name}", Role.EXPERT)
        self.ben = people.add_person(self.place, self.sue, f"Ben {name}", Role.EXPERT)
        self.project = projects.create_project(
            self.place, self.sue, name, [Label("ham"), Label("spam")], mode=mode, baseline_probes=1
        ).project_id
        fill(self.place, self.sue, self.project)
        self.held_out = set(messages.message_ids(self.place.db, self.project, Split.HOLDOUT))
        self.live = self.place.machines.refresh(self.project)
        projects.change_project(
            self.place, self.sue, self.project, mode=mode, overlap=2, shares=SHARES, key="shares"
        )

    @rule(tab=TABS)
    def reload(self, tab):
        """Whoever opens the page is where they were, else at a new message."""
        view = turns.next_turn(self.place, self.ana, self.project)
        if view is not None:
            begun = {name for name, state in self.states.items() if state in {EXPLAINED, REVEALED}}
            leased = {name for name, state in self.states.items() if state is OPEN} - self.lapsed
            assert view.turn_id in (begun or leased or {view.turn_id})
            self.lapsed.discard(view.turn_id)
            assert view.state is self.states.get(view.turn_id, view.state)
            if self.states.get(view.turn_id) is None:
                assert view.state is OPEN
                self.states[view.turn_id] = OPEN
            self.check_told(view)
        self.shown[tab] = view

    @rule(tab=TABS, label=LABELS)
    def go_on(self, tab, label):
        """The next step as the tab sees it; stale where the other tab went on."""
        if self.shown[tab] is None or self.shown[tab].state in {DONE, SKIPPED}:
            self.reload(tab)
        if self.shown[tab] is not None:
            self.send(tab, FITTING.get(self.shown[tab].state, "commit"), label, reuse=0)

    @rule(tab=TABS, act=st.sampled_from(list(GIVE)), label=LABELS, reuse=st.integers(0, 3))
    def send(self, tab, act, label, reuse):
        """Whatever a tab shows, it sends an act: the right one, a stale one, one sent before."""
        view = self.shown[tab]
        if view is None:
            return
        key = self.keys[-reuse] if 0 < reuse <= len(self.keys) else f"key-{len(self.keys)}"
        self.keys.append(key)
        state, name = self.states[view.turn_id], (act, view.turn_id, key)
        is_repeat = name in self.accepted
        if not is_repeat and state not in POSSIBLE[act]:
            with pytest.raises(ConflictError):
                GIVE[act](self.place, self.ana, view.turn_id, label=label, key=key)
            return
        outcome = GIVE[act](self.place, self.ana, view.turn_id, label=label, key=key)
        if not is_repeat:
            self.accepted.add(name)
            self.judged.append((view.turn_id, PHASES.get(act, Phase.FINAL), label))
            self.states[view.turn_id] = self.after(act, view, label)
        assert outcome.turn.state is self.states[view.turn_id]
        if outcome.agreement:
            assert self.machine_may_speak(view.message.message_id)
        self.check_told(outcome.turn)
        self.shown[tab] = outcome.turn

    @rule(tab=TABS, is_repeat=st.booleans())
    def skip(self, tab, is_repeat):
        """A message is given back, perhaps twice."""
        view = self.shown[tab]
        if view is None:
            return
        for _ in range(1 + is_repeat):
            if self.states[view.turn_id] in WAITS or ("skip", view.turn_id) in self.accepted:
                turns.skip(self.place, self.ana, view.turn_id, key="skip")
                self.accepted.add(("skip", view.turn_id))
                self.states[view.turn_id] = SKIPPED
            else:
                with pytest.raises(ConflictError):
                    turns.skip(self.place, self.ana, view.turn_id, key="skip")

    @rule()
    def think_for_long(self):
        """All leases run out; what was begun does not."""
        with self.place.db.atomic() as transaction:
            transaction.write("UPDATE turns SET expires_at = leased_at")
        self.lapsed |= set(self.states)

    @rule(label=LABELS)
    def colleague_judges(self, label):
        """Somebody else draws, which also gives expired leases back."""
        view = turns.next_turn(self.place, self.ben, self.project)
        if view is None:
            return
        given = (self.place, self.ben, view.turn_id)
        if view.state is OPEN:
            turns.commit(*given, label=label, key="b-1")
        elif view.state is EXPLAINED:
            turns.answer_explanation(*given, label=label, key="b-2")
        else:
            turns.finish(*given, label=label, key="b-3")

    @rule(tab=TABS)
    def go_back(self, tab):
        """The last finished turn is looked at again."""
        view = turns.last_turn(self.place, self.ana, self.project)
        if view is not None:
            assert self.states[view.turn_id] is DONE
            self.check_told(view)
            self.shown[tab] = view

    @invariant()
    def every_judgement_is_kept_once(self):
        """What was acknowledged is stored, in its order, and nothing else is."""
        if not hasattr(self, "project"):
            return
        kept = self.place.db.rows(
            """
            SELECT turn_id, phase, label, message_id FROM judgements
            WHERE project_id = $project AND expert_id = $ana AND turn_id IS NOT NULL ORDER BY seq
            """,
            project=self.project,
            ana=self.ana.person_id,
        )
        assert [(row["turn_id"], row["phase"], row["label"]) for row in kept] == self.judged
        first = [row["message_id"] for row in kept if row["phase"] == Phase.COMMIT]
        assert len(first) == len(set(first))

    def check_steps(self):
        """Each turn was skipped, or committed once, then revised, then finished, as it stands."""
        for turn_id, state in self.states.items():
            acts = [step.act for step in turn_steps(self.place.db, turn_id)]
            answers = [act for act in acts if act not in {"leased", "expired"}]
            whole = [act for act in answers if act != "corrected"]
            assert answers == whole + ["corrected"] * (len(answers) - len(whole))
            assert (tuple(whole), state) in SEQUENCES
            stored = turn_store.turn_state(self.place.db, turn_id)
            assert stored is state or (stored, state) == (EXPIRED, OPEN)

    def machine_may_speak(self, message_id):
        """Whether the machine has any part in a turn on a message."""
        return self.mode is not Mode.BLIND and message_id not in self.held_out

    def after(self, act, view, label):
        """The state that an act should lead to."""
        if act == "revise":
            return REVEALED
        name = view.message.message_id
        asks = self.mode is Mode.RECIPROCAL and self.machine_may_speak(name)
        differs = asks and self.live.opinion(name).label != label
        return EXPLAINED if act == "commit" and differs else DONE

    def check_told(self, view):
        """Nothing of the machine before its time, and nobody else's judgement ever."""
        told = (view.opinion, view.explanation, view.contrast)
        name, nothing = view.message.message_id, (None, None, "")
        if not self.machine_may_speak(name):
            assert told == nothing
            assert view.is_unaided
        elif view.state in {OPEN, EXPIRED, SKIPPED}:
            assert told[1:] == nothing[1:]
            assert self.mode is Mode.IMMEDIATE or view.opinion is None
            assert view.because is None
        elif view.state is EXPLAINED:
            assert (view.opinion, view.contrast) == (None, "")
            assert {near.label for near in view.explanation.neighbours} == {""}
        else:
            assert view.state is not REVEALED or view.opinion.label == self.live.opinion(name).label
        assert view.because not in {DrawnBecause.PROBE, DrawnBecause.BASELINE}
        own = [one.expert_id for one in (view.committed, view.current) if one]
        assert set(own) <= {self.ana.person_id}


def fill(place, sue, project):
    """Twelve messages that the machine learns from, five new ones, three held out, two settled."""
    texts = {f"{kind}{n}": f"{WORDS[kind]} {n}" for kind in "sh" for n in range(6)}
    texts |= {f"n{n}": text for n, text in enumerate(NEW)}
    texts |= {f"held{n}": text for n, text in enumerate(HELD)}
    rows = [
        f"{name},{text},{'holdout' if name.startswith('held') else 'pool'}"
        for name, text in texts.items()
    ]
    source = "\n".join(["id,text,split", *rows]).encode()
    prepared = importing.check_messages(place, sue, project, source, "m.csv")
    importing.import_messages(place, sue, project, prepared, file_name="m.csv", key="messages")
    encoder = place.machines.base_encoder()
    missing = embeddings.missing_embeddings(place.db, project, encoder.encoder_id)
    with place.db.atomic() as transaction:
        embeddings.add_embeddings(
            transaction,
            encoder.encoder_id,
            missing["text_hash"].to_list(),
            encoder.encode(missing["text"].to_list()),
        )
    taught = [f"{name},Teacher,{'spam' if name[0] == 's' else 'ham'}" for name in list(texts)[:12]]
    settled = [f"{name},Teacher,spam" for name in ("held0", "held1")]
    for kind, labels in (("taught", taught), ("settled", settled)):
        label_import.import_labels(
            place,
            sue,
            project,
            "\n".join(["message_id,expert,label", *labels]).encode(),
            "l.csv",
            adjudicated=kind == "settled",
            key=kind,
        )


def test_nothing_is_lost_doubled_or_told_too_early_whatever_the_order(workplace):
    """Lost, doubled or leaked judgements show only in orders that nobody thought of."""
    sue = people.add_person(workplace, None, "Sue", Role.ADMIN)
    people.add_person(workplace, sue, "Teacher", Role.EXPERT)

    run_state_machine_as_test(
        lambda: Interleaved(workplace, sue),
        settings=hypothesis_settings(
            max_examples=N_EXAMPLES, stateful_step_count=N_STEPS, deadline=None
        ),
    )
