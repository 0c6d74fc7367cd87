"""Print how well people agree with each other and with the machine."""

from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document


def agreement(
    project: ProjectOption,
    first: Annotated[
        bool, typer.Option("--first", help="Everyone's first labels instead of the newest.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Print how well people agree with each other and with the machine."""
    from rhml_core.workflows import agreement as agreements
    from rhml_core.workflows import people

    with open_place(db) as place:
        report = agreements.agreement_report(
            place, people.operator(place), project, stage="first" if first else "current"
        )
    pairs = [
        {
            "a": row["a"],
            "b": row["b"],
            "kappa": row["kappa"],
            "kappa_ci": None if row["low"] is None else [row["low"], row["high"]],
            "agreement": row["agreement"],
            "n": row["n"],
        }
        for row in report.pairs.iter_rows(named=True)
    ]
    lines = [report.reading]
    lines += [_pair_line(pair) for pair in pairs]
    print_document(
        {
            "alpha": report.alpha.value if report.alpha else None,
            "alpha_ci": [report.alpha.low, report.alpha.high] if report.alpha else None,
            "alpha_missing": report.alpha_missing,
            "n_messages": report.n_messages,
            "n_judgements": report.n_judgements,
            "stage": report.stage,
            "pairs": pairs,
        },
        "\n".join(lines),
        as_json=json_,
    )


def _pair_line(pair: dict[str, Any]) -> str:
    kappa = "undefined" if pair["kappa"] is None else f"{pair['kappa']:.2f}"
    interval = " [{:.2f}, {:.2f}]".format(*pair["kappa_ci"]) if pair["kappa_ci"] else ""
    return f"{pair['a']} and {pair['b']}: kappa {kappa}{interval}, n = {pair['n']:,}"
