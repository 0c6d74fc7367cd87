"""Print how well people agree with each other and with the machine, or write the report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document
from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import StorageError


def agreement(
    project: ProjectOption,
    first: Annotated[
        bool, typer.Option("--first", help="Everyone's first labels instead of the newest.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the report as one HTML file.")
    ] = None,
    tables: Annotated[
        Path | None, typer.Option("--tables", help="Write the report's tables as XLSX.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="The report holds the messages' texts too.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Print how well people agree with each other and with the machine, or write the report."""
    from rhml_core.workflows import people
    from rhml_core.workflows.agreement import agreement as agreements
    from rhml_core.workflows.agreement import reporting as agreement_reporting

    written = {}
    with open_place(db) as place:
        person = people.operator(place)
        found = agreements.agreement_report(
            place, person, project, stage="first" if first else "current"
        )
        if report or tables:
            material = agreement_reporting.gather_report(place, person, project, with_texts=texts)
            if report:
                _write(report, agreement_reporting.report_html(material).encode())
                written["report"] = str(report)
            if tables:
                _write(tables, agreement_reporting.report_tables(material))
                written["tables"] = str(tables)
    pairs = [
        {
            "a": row["a"],
            "b": row["b"],
            "kappa": row["kappa"],
            "kappa_ci": None if row["low"] is None else [row["low"], row["high"]],
            "agreement": row["agreement"],
            "n": row["n"],
        }
        for row in found.pairs.iter_rows(named=True)
    ]
    lines = [f"alpha {found.alpha} messages"] if found.alpha else []
    lines.append(found.reading)
    lines += [_pair_line(pair) for pair in pairs]
    lines += [f"{what} written to {where}" for what, where in written.items()]
    print_document(
        {
            "alpha": found.alpha.value if found.alpha else None,
            "alpha_ci": [found.alpha.low, found.alpha.high] if found.alpha else None,
            "alpha_missing": found.alpha_missing,
            "n_messages": found.n_messages,
            "n_judgements": found.n_judgements,
            "stage": found.stage,
            "pairs": pairs,
            **written,
        },
        "\n".join(lines),
        as_json=json_,
    )


def _pair_line(pair: dict[str, Any]) -> str:
    kappa = "undefined" if pair["kappa"] is None else f"{pair['kappa']:.2f}"
    interval = " [{:.2f}, {:.2f}]".format(*pair["kappa_ci"]) if pair["kappa_ci"] else ""
    who, other = ("the machine" if pair[one] == MACHINE_RATER else pair[one] for one in "ab")
    return f"{who} and {other}: kappa {kappa}{interval}, n = {pair['n']:,}"


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
