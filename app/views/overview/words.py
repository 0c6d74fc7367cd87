"""How a project is told to someone who does not work in it."""

from app.components.counted import counted
from rhml_core.domain import Project
from rhml_core.workflows.overview.overview import MachineOverview, Overview

_MEASURED = {
    "hold-out": "messages kept apart, which it never learnt from",
    "cross-validation": "messages that were set aside in turn while it learnt from the others",
}


def overview_sentence(found: Overview) -> str:
    """The first line: what is done, and by whom?"""
    if not found.n_messages:
        return "The project has no messages yet."
    labels = counted(len(found.labels), "label")
    if not found.n_experts:
        waiting = counted(found.n_messages, "message waits", "messages wait")
        return f"{waiting} to be sorted into {labels}."
    return (
        f"{counted(found.n_experts, 'person and a machine', 'people and a machine')} sort "
        f"{counted(found.n_messages, 'message')} into {labels}; {found.n_full:,} "
        f"{'is' if found.n_full == 1 else 'are'} fully judged."
    )


def overview_note(found: Overview, project: Project) -> str:
    """The quieter line below: what for, and who of them is simulated."""
    are = "is" if found.n_simulated == 1 else "are"
    simulated = f"{found.n_simulated:,} of the people {are} simulated." if found.n_simulated else ""
    return " ".join(part for part in (project.description, simulated) if part)


def agreement_words(found: Overview) -> str:
    """What agreement means, and how it stands here."""
    if found.alpha is None:
        return found.agreement_words
    return (
        f"{found.agreement_words} Krippendorff's alpha: 1 is full agreement, 0 what chance "
        "would give. The bar is the 95 % interval."
    )


def machine_words(machine: MachineOverview) -> str:
    """What the machine's figure means and where it was measured."""
    if machine.macro_f1 is None:
        return machine.missing
    on = _MEASURED.get(machine.measured_on, machine.measured_on)
    return (
        "Macro-F1: how well it finds each label and nothing else, all labels counting alike; 1 "
        f"is never wrong. Run {machine.run_number}, measured on {on}."
    )


def adopted_words(found: Overview) -> str:
    """How many hints of the machine the team took over, with examples."""
    if not found.n_adopted:
        return "The team has not adopted a concept from the machine yet."
    examples = " and ".join(f"“{term}” for {label}" for term, label in found.adopted)
    return (
        f"{counted(found.n_adopted, 'concept')} that the machine noticed "
        f"{'was' if found.n_adopted == 1 else 'were'} adopted by the team, such as {examples}."
    )
