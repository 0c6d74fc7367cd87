"""Finished turns in any number, written at once as their acts would have written them."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import polars as pl

OVERLAP = 2
"""Experts who judge a message."""
_RIGHT = 0.8
_MACHINE_RIGHT = 0.75
_DAYS = 42


def write_turns(place, where, experts, names, truth, chances):
    """Write finished turns of two experts for each message, with all that belongs to them."""
    written = {name: [] for name in ("turns", "steps", "judgements", "opinions", "audit")}
    ends = datetime.now(UTC) - timedelta(minutes=1)
    for row, (message_id, label) in enumerate(truth.items()):
        at = ends - timedelta(days=_DAYS * (1 - row / len(truth)))
        for turn in range(OVERLAP):
            expert = experts[
                (row + turn * (1 + row // len(experts) % (len(experts) - 1))) % len(experts)
            ]
            said = label if chances.random() < _RIGHT else chances.choice(names)
            told = label if chances.random() < _MACHINE_RIGHT else chances.choice(names)
            last = told if said != told and chances.random() < 1 / 3 else said
            _write_turn(written, where, message_id, expert.person_id, names, (said, told, last), at)
    with place.db.atomic() as transaction:
        for name, table in (
            ("turns", "INSERT INTO turns BY NAME SELECT * FROM frame"),
            ("steps", "INSERT INTO turn_steps BY NAME SELECT * FROM frame"),
            ("judgements", "INSERT INTO judgements BY NAME SELECT * FROM frame"),
            ("opinions", "INSERT INTO machine_opinions BY NAME SELECT * FROM frame"),
            ("audit", "INSERT INTO audit BY NAME SELECT * FROM frame"),
        ):
            frame = pl.DataFrame(written[name], infer_schema_length=None)
            transaction.write_frame(table, frame)
    place.machines.note_change(where)


def _write_turn(written, where, message_id, expert_id, names, answers, at):
    said, told, last = answers
    turn_id = _key()
    shares = {name: 0.7 if name == told else 0.3 / (len(names) - 1) for name in names}
    shown = {"opinion": {"label": told, "probabilities": shares, "machine": "fast head"}}
    ids = {"project_id": where, "message_id": message_id}
    written["turns"].append(
        {
            **ids,
            "turn_id": turn_id,
            "expert_id": expert_id,
            "because": "random",
            "mode": "reciprocal",
            "state": "done",
            "leased_at": at,
            "expires_at": at + timedelta(minutes=15),
            "ended_at": at + timedelta(seconds=30),
        }
    )
    steps = [("open", "leased", ""), ("done", "committed", said)]
    if said != told:
        steps = [steps[0], ("explained", "committed", said), ("revealed", "revised", last)]
        steps.append(("done", "finished", last))
    phases = {"committed": "commit", "revised": "revised", "finished": "final"}
    for place, (state, act, label) in enumerate(steps):
        moment = at + timedelta(seconds=10 * place)
        written["steps"].append(
            {
                "turn_id": turn_id,
                "state": state,
                "act": act,
                "act_key": _key(),
                "shown": json.dumps(shown if act == "committed" else {}),
                "seconds": 8.0,
                "made_at": moment,
            }
        )
        if act not in phases:
            continue
        phase = phases[act]
        written["judgements"].append(
            {
                **ids,
                "judgement_id": _key(),
                "expert_id": expert_id,
                "turn_id": turn_id,
                "phase": phase,
                "label": label,
                "confidence": "sure" if phase == "commit" else None,
                "rationale": "[]",
                "reason": "",
                "seconds": 8.0,
                "codebook_version": 1,
                "made_at": moment,
            }
        )
        written["audit"].append(
            {
                "event_id": _key(),
                "made_at": moment,
                "person_id": expert_id,
                "project_id": where,
                "kind": "judged",
                "subject": f"message:{message_id}",
                "detail": json.dumps({"phase": phase}),
            }
        )
    written["opinions"].append(
        {
            **ids,
            "turn_id": turn_id,
            "label": told,
            "probability": shares[told],
            "machine": "fast head",
            "made_at": at,
        }
    )


def _key():
    return uuid.uuid4().hex
