"""
Every page at 1,000 and at 100,000 messages: the processor time that drawing it takes.

A look is a page's `render` for a new visitor, within Streamlit's own script runner; its time is the
processor time of the whole process meanwhile, so that other load does not count. What pages have
made beside them waits until the look is over, is then done, and is told apart.
Each page, and each of its parts, is looked at by everyone who may see it: first after one new
judgement (`changed`), which somebody else makes through the product's own turn, and then again
with nothing new (`same`). The larger project also has ten times as many judgements. Both
times may grow at most twofold; what takes less than 50 ms counts as 50 ms. Each look is taken at
both projects in turn, twice, and the smaller time counts: other load then bears on both alike.
Run it: `OMP_NUM_THREADS=1 python -m tests.benchmarks.pages [--json] [--quick] [--only VIEW]`.
"""

import gc
import logging
import math
import tempfile
import time
import uuid
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.main import SECTIONS
from rhml_core.errors import RhmlError
from rhml_core.settings import Settings
from rhml_core.workflows.turn import turns
from rhml_core.workflows.workplace import open_workplace
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target
from tests.benchmarks.pages_project import HashedWords, fill_project

FEW, MANY, QUICK = (1_000, 500), (100_000, 5_000), (5_000, 1_000)
"""Messages, and how many of them are judged."""
MOST_TIMES = 2.0
FLOOR = 0.05
_N_SAMPLES = 2
_N_AGAIN = 2
_LONG_BESIDE = 10.0
"""Seconds of work beside a page from which on one sample has to do."""
_RETRAIN_EVERY = 25
_PATIENCE = 600

# A page's own threads have no visitor; here Streamlit would say so hundreds of times.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Part:
    """One part of a page: what its address says, and which tab is open (key, name)."""

    name: str = ""
    filters: dict = field(default_factory=dict)
    tab: tuple = ()
    roles: tuple = ("viewer", "expert", "supervisor")


def _parts(filter_name, *values):
    return [Part(value, {filter_name: value}) for value in values]


def _tabs(key, *names, **more):
    return [Part(name, tab=(key, name), **more) for name in names]


_STEERS = ("supervisor",)
PARTS = {
    "disagreements": _parts("show", "messages", "agreement"),
    "codebook": _tabs("codebook_tab", "Labels", "Versions"),
    "lexicon": _parts("part", "terms", "mend", "versions", "file"),
    "reflection": _parts("part", "curve", "terms", "messages"),
    "insights": _parts("part", "new", "doubtful", "plot", "modes"),
    "concept_map": _parts("part", "mine", "team", "time"),
    "my_learning": [
        *_tabs("my_learning_tab", "Skill", "Me and the machine", roles=("expert",)),
        *_tabs("my_learning_tab", "How sure, how right", "Reviews", roles=("expert",)),
        *_tabs("my_learning_tab", "Skill", "The expert and the machine", roles=_STEERS),
    ],
    "agreement": [
        *_parts("part", "pairs", "labels", "cycles", "machine", "kinds"),
        Part("consensus", {"part": "consensus"}, roles=_STEERS),
    ],
    "training": _tabs(
        "training_tab", "Curves", "Per label", "Confusion", "Calibration", "Compare", "All runs"
    ),
    "learners": _tabs(
        "learners_tab", "Cycle by cycle", "Reliance", "Experts", "How sure, how right"
    ),
    "messages": [
        Part(roles=("viewer", "expert")),
        *_tabs("messages_tab_{project}", "List", "Import messages", roles=_STEERS),
        *_tabs("messages_tab_{project}", "Import labels", roles=_STEERS),
    ],
    "team": [Part("work"), Part("learning", {"show": "learning"})],
    "settings": _tabs("settings_tab", "How we work", "New project", "People"),
}
"""The parts of the pages that have more than one, all of them within the address or a tab."""


class HeldBack:
    """A stand-in for the thread beside the pages: it keeps its work until it is told to do it."""

    def __init__(self):
        """Nothing is kept yet."""
        self._work = deque()

    def begin(self, work):
        """Keep work for later."""
        self._work.append(work)
        return True

    def close(self):
        """Forget what is left."""
        self._work.clear()

    def do_all(self):
        """Do what was kept, and what that brings; processor seconds of it."""
        began = time.process_time()
        while self._work:
            try:
                self._work.popleft()()
            except RhmlError as error:  # as a server takes it: too little is judged, for one
                say(f"  beside: {error}")
        return time.process_time() - began


def looks_of(views=()):
    """(view, role, part) of every look; of some views alone if any are named."""
    return [
        (view, role, part)
        for entries in SECTIONS.values()
        for view, _, _, least in entries
        for part in PARTS.get(view, [Part()])
        for role in part.roles
        if role in _roles_from(least) and (not views or view in views)
    ]


def _roles_from(least):
    roles = ("viewer", "expert", "supervisor")
    return roles[roles.index(least.value) :]


def _script(clock, view, place, person, project):
    from importlib import import_module  # noqa: PLC0415 -- this function becomes a script
    from time import process_time  # noqa: PLC0415

    page = import_module(f"app.views.{view}.page")
    began = process_time()
    try:
        page.render(place, person, project)
    finally:
        clock.append(process_time() - began)


def take_look(place, filled, view, role, part):
    """Processor seconds of one look at a part of a page, and what went wrong in it."""
    clock = []
    arguments = (clock, view, place, filled.people[role], filled.project)
    page = AppTest.from_function(_script, args=arguments, default_timeout=_PATIENCE)
    for name, value in part.filters.items():
        page.query_params[name] = value
    if part.tab:
        key, name = part.tab
        page.session_state[key.replace("{project}", filled.project.project_id)] = name
    gc.collect()
    page.run()
    return clock[-1], [one.message for one in page.exception]


def judge_one(place, filled, label):
    """Processor seconds of somebody else's commit; the rest of the turn follows."""
    person, project = filled.people["judge"], filled.project.project_id
    turn = turns.next_turn(place, person, project)
    gc.collect()
    began = time.process_time()
    done = turns.commit(place, person, turn.turn_id, label=label, key=uuid.uuid4().hex)
    seconds = time.process_time() - began
    if done.turn.state.value == "explained":
        turns.answer_explanation(place, person, turn.turn_id, label=label, key=uuid.uuid4().hex)
        turns.finish(place, person, turn.turn_id, label=label, key=uuid.uuid4().hex)
    return seconds


class Side:
    """One of the two projects, in a workplace of its own."""

    def __init__(self, folder, *, n_messages, n_judged):
        """Fill it, and teach its machine."""
        folder.mkdir()
        settings = Settings(
            database=folder / "forum.duckdb", cache_folder=folder, retrain_every=_RETRAIN_EVERY
        )
        self.place = open_workplace(
            settings, in_background=False, load_encoder=lambda _: HashedWords()
        )
        self.beside = HeldBack()
        self.place.machines._beside = self.place.curves._beside = self.beside
        began = time.process_time()
        self.filled = fill_project(self.place, n_messages=n_messages, n_judged=n_judged)
        say(f"{n_messages:,} messages: made in {time.process_time() - began:.0f} s")
        self.beside.close()
        self.place.machines.refresh(self.filled.project.project_id)
        self.document = {"n_messages": n_messages, "n_judged": n_judged, "rows": []}

    def look_first(self, look):
        """The first look of all; what it needs beside is made, and so is what follows from that."""
        view, role, part = look
        seconds, wrongs = take_look(self.place, self.filled, view, role, part)
        made = self.beside.do_all()
        name = " ".join(word for word in (view, part.name) if word)
        row = {"page": name, "role": role, "first": seconds, "beside": made, "wrongs": wrongs}
        self.document["rows"].append(row | {"commit": [], "changed": [], "made_beside": []})

    def look_again(self, at, look):
        """One sample: somebody's judgement, the look after it, and those with nothing new."""
        row, (view, role, part) = self.document["rows"][at], look
        row["commit"].append(judge_one(self.place, self.filled, self.filled.label))
        changed, wrongs = take_look(self.place, self.filled, view, role, part)
        row["changed"].append(changed)
        row["wrongs"] += wrongs
        row["made_beside"].append(self.beside.do_all())
        take_look(self.place, self.filled, view, role, part)
        self.beside.do_all()
        again = [take_look(self.place, self.filled, view, role, part)[0] for _ in range(_N_AGAIN)]
        self.beside.do_all()
        row["same"] = min(*again, row.get("same", math.inf))

    def close(self):
        """Give the workplace back."""
        self.place.close()


def time_pages(sides, looks):
    """The documents of the sides; each look is taken at all of them before the next look."""
    for look in looks:
        for side in sides:
            side.look_first(look)
    for at, look in enumerate(looks):
        for sample in range(_N_SAMPLES):
            for side in sides:
                side.look_again(at, look)
            seconds = max(sum(side.document["rows"][at]["made_beside"]) for side in sides)
            if sample == 0 and seconds > _LONG_BESIDE:
                break
        for side in sides:
            row = side.document["rows"][at]
            row |= {name: min(row[name]) for name in ("commit", "changed", "made_beside")}
            say(f"  {side.document['n_messages']:>7,} {_line(row)}")
    return [side.document for side in sides]


def _line(row):
    times = " ".join(f"{name} {row[name]:6.2f}" for name in ("first", "changed", "same"))
    wrongs = f" WRONG {row['wrongs']}" if row["wrongs"] else ""
    return f"{row['page']:40} {row['role']:10} {times} beside {row['made_beside']:.2f}{wrongs}"


def report(few, many):
    """The document of two projects' times: worst first."""
    pairs = list(zip(few["rows"], many["rows"], strict=True))
    targets = [
        target(
            f"{large['page']} for the {large['role']}, {kind}: times as long",
            max(large[kind], FLOOR) / max(small[kind], FLOOR),
            MOST_TIMES,
            seconds=[round(small[kind], 3), round(large[kind], 3)],
        )
        for small, large in pairs
        for kind in ("changed", "same")
    ]
    wrongs = sum(len(row["wrongs"]) for side in (few, many) for row in side["rows"])
    commits = [sorted(row["commit"] for row in side["rows"]) for side in (few, many)]
    middle = [one[len(one) // 2] for one in commits]
    targets.append(
        target(
            "commit of a label: times as long",
            max(middle[1], FLOOR) / max(middle[0], FLOOR),
            MOST_TIMES,
            seconds=[round(one, 3) for one in middle],
        )
    )
    return {
        "benchmark": "pages",
        "machine": machine_facts(),
        "projects": [few, many],
        "targets": [
            *sorted(targets, key=lambda one: -one["value"]),
            target("looks that went wrong", wrongs, 0),
        ],
    }


def measure(folder, *, few, many, views=()):
    """The whole document."""
    with ExitStack() as open_sides:
        sides = []
        for size, judged in (few, many):
            side = Side(Path(folder) / f"{size}", n_messages=size, n_judged=judged)
            open_sides.callback(side.close)
            sides.append(side)
        return report(*time_pages(sides, looks_of(views)))


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="5,000 messages instead of 100,000")
    options.add_argument("--only", nargs="*", default=(), help="some pages alone")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many = QUICK if options.quick else MANY
        document = measure(folder, few=FEW, many=many, views=options.only)
    finish(document, as_json=options.json)


if __name__ == "__main__":
    main()
