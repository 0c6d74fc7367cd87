"""Simulated experts, what the figures about them truly are, and what the measures say of them."""

import numpy as np

from rhml_core.measures.reliance import reliance
from rhml_core.measures.skill import skill
from rhml_core.measures.stated_confidence import CONFIDENCE_VALUES, stated_calibration
from tests.measures.simulated_experts import Truth, stated, turns, unaided

N_CYCLES = 8
ANA = Truth(skill=0.75, rate=0.015, follows_right=0.6, follows_wrong=0.35, bias=0.1)
TEAM = (
    ANA,
    Truth(skill=0.6, rate=0.03, follows_right=0.8, follows_wrong=0.6, bias=0.15),
    Truth(skill=0.8, rate=0.01, follows_right=0.5, follows_wrong=0.2, bias=0.05),
)


def mean(values):
    """The mean of any values."""
    return float(np.mean(list(values)))


def _weighted(values, weights):
    return float(np.average(list(values), weights=list(weights)))


def true_reliance(experts, machine_skill=0.75):
    """What the shares of reliance are, for these experts on any messages."""
    wrong = [1 - one.skill for one in experts]
    right = [one.skill for one in experts]
    # An answer is wrong in another way than the machine's one time in two.
    contradicts = [one.skill + (1 - one.skill) / 2 for one in experts]
    rair = _weighted([one.follows_right for one in experts], wrong)
    helpful = sum(
        w * machine_skill * one.follows_right for w, one in zip(wrong, experts, strict=True)
    )
    harmful = sum(
        r * (1 - machine_skill) * one.follows_wrong for r, one in zip(right, experts, strict=True)
    )
    differing = sum(
        w * machine_skill + c * (1 - machine_skill) for w, c in zip(wrong, contradicts, strict=True)
    )
    return {
        "RAIR": rair,
        "RSR": 1 - _weighted([one.follows_wrong for one in experts], right),
        "over-reliance": _weighted([one.follows_wrong for one in experts], contradicts),
        "under-reliance": 1 - rair,
        "helpful switches": helpful / differing,
        "harmful switches": harmful / differing,
        "first accuracy": mean(right),
    }


def reliance_intervals(experts, n_messages, random):
    """What `reliance` says of one simulated project."""
    found = reliance(turns(experts, n_messages, random))
    return {
        "RAIR": found.shares.rair.interval,
        "RSR": found.shares.rsr.interval,
        "over-reliance": found.shares.over_reliance.interval,
        "under-reliance": found.shares.under_reliance.interval,
        "helpful switches": found.helpful.share.interval,
        "harmful switches": found.harmful.share.interval,
        "first accuracy": found.first_accuracy.interval,
    }


def true_skill(experts):
    """What the figures of skill are."""
    start, rate = mean(one.skill for one in experts), mean(one.rate for one in experts)
    return {
        "baseline": start,
        "unaided accuracy in the last cycle": start + rate * (N_CYCLES - 1),
        "slope": rate,
        "lift": rate * (N_CYCLES - 1),
    }


def skill_intervals(experts, n_by_cycle, random):
    """What `skill` says of one simulated project."""
    answers = unaided(experts, [n_by_cycle] * N_CYCLES, random, n_baseline=20)
    # The baseline lies in cycle 1 and has its skill, so that it tells of the same.
    found = skill(answers)
    return {
        "baseline": found.baseline.interval,
        "unaided accuracy in the last cycle": found.by_cycle[-1].accuracy,
        "slope": found.slope.interval,
        "lift": found.lift.interval,
    }


def true_calibration(experts):
    """What the figures of calibration are, every confidence being stated as often."""
    said = np.array(list(CONFIDENCE_VALUES.values()))
    right = np.mean([said - one.bias for one in experts], axis=0)
    return {
        "Brier score": float((right * (1 - said) ** 2 + (1 - right) * said**2).mean()),
        "calibration error": float(np.abs(said - right).mean()),
        "overconfidence": float((said - right).mean()),
    }


def calibration_intervals(experts, n_messages, random):
    """What `stated_calibration` says of one simulated project."""
    found = stated_calibration(stated(experts, n_messages, random), n_replicates=400)
    return {
        "Brier score": found.brier,
        "calibration error": found.calibration_error,
        "overconfidence": found.overconfidence,
    }
