"""The report on agreement: one file for people, and its tables as a workbook."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from rhml_core.domain import MACHINE_RATER, Person, Role
from rhml_core.exchange.agreement_charts import (
    chart_svg,
    pair_heat_map,
    trend_chart,
    whisker_chart,
)
from rhml_core.exchange.html_document import Section, Table, html_document
from rhml_core.exchange.workbook import workbook
from rhml_core.safe_text import one_line
from rhml_core.store import codebooks, people, projects
from rhml_core.workflows.agreement import agreement as agreements
from rhml_core.workflows.agreement.agreement import AgreementOverview, Consensus
from rhml_core.workflows.agreement.figures import StageFigures
from rhml_core.workflows.agreement.machine_rater import rating_run
from rhml_core.workflows.agreement.words import (
    INTERVALS_COME_FROM,
    KAPPA_MEANS,
    MEASURES,
    overview_sentence,
    row_words,
    same_words,
)
from rhml_core.workflows.disputes.contested_filters import ContestedFilters
from rhml_core.workflows.disputes.disagreements import open_disagreements
from rhml_core.workflows.kept.project_reference import project_posterior
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.workplace import Workplace

MOST_RATERS_DRAWN = 14
_MOST_PAIRS_WRITTEN = 120
_MOST_MESSAGES = 50
_MOST_ROWS = 1_048_575  # of a sheet in Excel, below its head
_PEOPLE_TONE, _INK = "#B5473C", "#5F5A52"


@dataclass(frozen=True)
class AgreementMaterial:
    """
    Everything that a report says, with names in the place of identifiers.

    Attributes:
        made_at: when the report is made; `overview.standing` says how old its figures are.
        machine: which run spoke, in words.
        consensus: None where the reader may not see how good single people are.
        confusion: which labels of two people meet, as from `label_confusion`.
        posterior: as from `project_posterior`; None where the reader may not see what people say of
            messages that they have still to judge.
        contested: `message_id, labels, experts, model` (String), and `text` where it was wanted;
            the open messages most worth talking about.
    """

    project: str
    made_at: datetime
    codebook_version: int
    machine: str
    overview: AgreementOverview
    pairs: pl.DataFrame
    labels: pl.DataFrame
    cycles: pl.DataFrame
    values: pl.DataFrame
    consensus: Consensus | None
    confusion: pl.DataFrame
    posterior: pl.DataFrame | None
    contested: pl.DataFrame


def gather_report(
    place: Workplace, person: Person, project_id: str, *, with_texts: bool = False
) -> AgreementMaterial:
    """
    What the report says, as far as this person may see it.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        with_texts: whether the messages' texts stand in it, or only their identifiers.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "report on agreement")
    project = projects.get_project(place.db, project_id)
    project_id = project.project_id
    names = {found.person_id: found.full_name for found in people.list_people(place.db)}
    overview = agreements.agreement_overview(place, person, project_id)
    run = rating_run(place.db, project_id)
    consensus = posterior = None
    if person.may(Role.SUPERVISOR):
        consensus = agreements.consensus_of(place, person, project_id)
        posterior = project_posterior(place.db, project_id)
    return AgreementMaterial(
        project=project.name,
        made_at=place.now(),
        codebook_version=codebooks.newest_version(place.db, project_id),
        machine=f"run {run.number} ({recipe_name(run.recipe)}, {run.state.value})"
        if run
        else "no run yet",
        overview=overview,
        pairs=agreements.pair_agreement(place, person, project_id).with_columns(
            pl.col("a", "b").replace(names)
        ),
        labels=agreements.label_agreement(place, person, project_id),
        cycles=agreements.cycle_agreement(place, person, project_id),
        values=agreements.value_agreement(place, person, project_id),
        consensus=_named(consensus, names) if consensus else None,
        confusion=agreements.confusion(place, person, project_id, between="experts"),
        posterior=posterior,
        contested=_contested(place, person, project_id, with_texts=with_texts),
    )


def report_html(material: AgreementMaterial) -> str:
    """The report as one HTML file: no script, no network, charts within it."""
    overview = material.overview
    facts = [
        ("Project", material.project),
        ("Report of", _moment(material.made_at)),
        ("Figures of", _moment(overview.standing.made_at) if overview.standing.made_at else "none"),
        ("Judgements since then", f"{overview.standing.n_since:,}"),
        ("Codebook", f"version {material.codebook_version}"),
        ("Machine", material.machine),
    ]
    sections = [
        _measures(overview),
        _pairs(material.pairs),
        _labels(material.labels),
        _cycles(material.cycles),
        *_values(material.values),
        *([_consensus(material.consensus)] if material.consensus else []),
        _messages(material.contested),
    ]
    lead = overview_sentence(overview.now, overview.falls)
    return html_document(f"Agreement in {material.project}", lead, facts, sections)


def report_tables(material: AgreementMaterial) -> bytes:
    """The report's tables as an Excel workbook."""
    sheets = {
        "Overall": _overall_frame(material.overview),
        "Pairs": material.pairs,
        "Labels": material.labels,
        "Cycles": material.cycles,
        "Metadata": material.values,
        "Confusion": material.confusion,
    }
    if material.consensus:
        sheets["Competence"] = material.consensus.by_rater
        sheets["Taken for"] = material.consensus.confusion
    if material.posterior is not None:
        sheets["Posterior"] = _likeliest_rows(material.posterior)
    return workbook(sheets | {"Contested messages": material.contested})


def _likeliest_rows(posterior: pl.DataFrame) -> pl.DataFrame:
    """The rows, or as many of the likeliest as a sheet holds, in the order in which they were."""
    if posterior.height <= _MOST_ROWS:
        return posterior
    kept = posterior.with_row_index().top_k(_MOST_ROWS, by="probability")
    return kept.sort("index").drop("index")


def _stages(overview: AgreementOverview) -> list[tuple[str, StageFigures]]:
    both = [("answers now", overview.now), ("first answers", overview.first)]
    return [(words, found) for words, found in both if found]


def _overall_frame(overview: AgreementOverview) -> pl.DataFrame:
    rows = []
    for words, figures in _stages(overview):
        for measure, (name, _) in MEASURES.items():
            figure = getattr(figures, measure)
            known = figure.interval
            parts = (known.value, known.low, known.high, known.n) if known else (None,) * 4
            rows.append((words, name, *parts, figure.missing or None))
    floats = dict.fromkeys(("value", "low", "high"), pl.Float64)
    schema = {"answers": pl.String, "measure": pl.String, **floats, "n": pl.Int64}
    return pl.DataFrame(rows, schema=schema | {"undefined": pl.String}, orient="row")


def _measures(overview: AgreementOverview) -> Section:
    rows = [
        [row["measure"], row["answers"], _words(row, "value"), _count(row["n"])]
        for row in _overall_frame(overview).iter_rows(named=True)
    ]
    meanings = [f"{name}: {means}" for name, means in MEASURES.values()]
    reading = overview.now.reading if overview.now else ""
    note = (
        f"Intervals are 95 %, from {INTERVALS_COME_FROM}; n counts messages that two or more "
        "people judged. First answers were given before the machine spoke."
    )
    table = Table(("measure", "of", "value and 95 % interval", "n"), rows)
    return Section("How far people agree", [reading, note, *meanings], table=table)


def _pairs(pairs: pl.DataFrame) -> Section:
    if pairs.is_empty():
        return Section("Pairs", ["Undefined, because no two of them share a message."])
    drawn = most_shared(pairs, MOST_RATERS_DRAWN).with_columns(_clean("a", "b"))
    rows = [
        [f"{row['a']} and {row['b']}", _words(row, "kappa"), _same(row), _n(row)]
        for row in pairs.sort("n", descending=True).head(_MOST_PAIRS_WRITTEN).iter_rows(named=True)
    ]
    said = [KAPPA_MEANS, f"The machine stands in it as “{MACHINE_RATER}”."]
    if pairs.height > _MOST_PAIRS_WRITTEN:
        said.append(f"The {_MOST_PAIRS_WRITTEN} pairs that share most; the workbook has all.")
    table = Table(("pair", "kappa and 95 % interval", "same label and 95 % interval", "n"), rows)
    chart = pair_heat_map(drawn, title="Cohen's kappa of each pair")
    return Section("Pairs", said, chart_svg(chart), table)


def most_shared(pairs: pl.DataFrame, n_raters: int) -> pl.DataFrame:
    """The pairs among the raters who share most, the machine always among them."""
    sides = [pairs.select(rater=side, n="n") for side in ("a", "b")]
    shared = (
        pl.concat(sides)
        .group_by("rater")
        .agg(pl.col("n").sum())
        .sort(pl.col("rater") == MACHINE_RATER, "n", "rater", descending=[True, True, False])
    )
    kept = shared["rater"].head(n_raters).implode()
    return pairs.filter(pl.col("a").is_in(kept) & pl.col("b").is_in(kept))


def _labels(labels: pl.DataFrame) -> Section:
    said = [
        (
            "Alpha of each label against all others taken as one; a low one names the label whose "
            "definition people read differently."
        )
    ]
    if labels.is_empty():
        return Section("Labels", [*said, "Undefined, because no message has two labels."])
    rows = [
        [row["label"], _words(row, "alpha"), _n(row), f"{row['n_with']:,}"]
        for row in labels.iter_rows(named=True)
    ]
    frame = labels.select(_clean("label").alias("name"), "low", "high", n="n_with", value="alpha")
    chart = whisker_chart(
        frame, measure="alpha", title="Alpha by label", tone=_PEOPLE_TONE, ink=_INK
    )
    table = Table(("label", "alpha and 95 % interval", "n", "with the label"), rows)
    return Section("Labels", said, _svg(chart, frame), table)


def _cycles(cycles: pl.DataFrame) -> Section:
    overall = cycles.filter(pl.col("label").is_null())
    rows = [
        [f"{row['cycle']}", row["label"] or "all labels", _words(row, "alpha"), _n(row)]
        for row in cycles.iter_rows(named=True)
    ]
    frame = overall.select("cycle", "low", "high", "n", value="alpha", name=pl.lit("all labels"))
    chart = trend_chart(frame, title="Alpha by cycle", tone=_PEOPLE_TONE, ink=_INK)
    said = ["A cycle ends with a training run; a message counts in the cycle of its newest label."]
    table = Table(("cycle", "label", "alpha and 95 % interval", "n"), rows)
    return Section("Cycles", said, _svg(chart, frame), table)


def _values(values: pl.DataFrame) -> list[Section]:
    if values.is_empty():
        return []
    rows = [
        [row["field"], row["value"], _words(row, "alpha"), _n(row)]
        for row in values.iter_rows(named=True)
    ]
    table = Table(("field", "value", "alpha and 95 % interval", "n"), rows)
    return [Section("Kinds of messages", table=table)]


def _consensus(consensus: Consensus) -> Section:
    said = [
        consensus.reason,
        (
            f"{consensus.n_adjudicated:,} messages are settled, {consensus.n_agreed:,} follow "
            f"from the votes, {consensus.n_open:,} are tied."
        ),
    ]
    if consensus.too_thin:
        said.append(f"How good each person's answers are is not known: {consensus.too_thin}")
        return Section("Consensus", said)
    said.append("Competence: chance of the right label on a message drawn from all, 0 to 1.")
    rows = [
        [row["expert_id"], _words(row, "competence"), _n(row)]
        for row in consensus.by_rater.iter_rows(named=True)
    ]
    table = Table(("person", "competence and 95 % interval", "n judgements"), rows)
    return Section("Consensus", said, table=table)


def _messages(contested: pl.DataFrame) -> Section:
    if contested.is_empty():
        none = "None: wherever two answers can be compared, they agree."
        return Section("Contested messages", [none])
    said = [f"The {contested.height:,} most worth talking about, at most {_MOST_MESSAGES}."]
    rows = [[str(cell or "") for cell in row] for row in contested.iter_rows()]
    return Section("Contested messages", said, table=Table(contested.columns, rows))


def _contested(
    place: Workplace, person: Person, project_id: str, *, with_texts: bool
) -> pl.DataFrame:
    found = open_disagreements(
        place, person, project_id, filters=ContestedFilters(), limit=_MOST_MESSAGES
    )
    return found.select(
        "message_id",
        *(["text"] if with_texts else []),
        pl.col("labels").list.join(", "),
        pl.col("experts").list.join(", "),
        model="machine_label",
    )


def _named(consensus: Consensus, names: dict[str, str]) -> Consensus:
    with_names = pl.col("expert_id").replace(names)
    return Consensus(
        **{
            **vars(consensus),
            "by_rater": consensus.by_rater.with_columns(with_names),
            "confusion": consensus.confusion.with_columns(with_names),
        }
    )


def _svg(chart: object, frame: pl.DataFrame) -> str:
    """The chart, or nothing where no row has a value."""
    return "" if frame["value"].is_null().all() else chart_svg(chart)  # type: ignore[arg-type]


def _clean(*columns: str) -> pl.Expr:
    return pl.col(*columns).map_elements(one_line, return_dtype=pl.String)


def _words(row: dict[str, object], measure: str) -> str:
    value, low, high = (row[name] for name in (measure, "low", "high"))
    return row_words(value, low, high, row.get("undefined"))  # type: ignore[arg-type]


def _same(row: dict[str, object]) -> str:
    return same_words(row["agreement"], row["n"])  # type: ignore[arg-type]


def _n(row: dict[str, object]) -> str:
    return _count(row["n"])


def _count(n: object) -> str:
    return f"{n:,}" if n is not None else ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
