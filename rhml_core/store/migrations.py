"""The numbered steps of the schema: those that this program has, and those a database has."""

import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING

from rhml_core.errors import InvalidInputError

if TYPE_CHECKING:
    from rhml_core.store.database import Reader

_NAME = re.compile(r"^(\d{4})_(\w+)\.sql$")


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and SQL of each of this program's steps, in order."""
    folder = resources.files("rhml_core.store") / "schema"
    return sorted(
        (int(match[1]), match[2], entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if (match := _NAME.match(entry.name))
    )


def own_schema() -> dict[int, str]:
    """The numbers of this program's steps with the SHA-256 of each, in order."""
    return {number: hashlib.sha256(sql.encode()).hexdigest() for number, _, sql in migrations()}


def kept_schema(db: "Reader") -> dict[int, str]:
    """
    The numbers of the steps that a database has taken, with the SHA-256 of each, in order.

    Raises:
        InvalidInputError: it is no database of this program.
    """
    known = db.rows(
        "SELECT table_name FROM duckdb_tables() WHERE table_name = 'schema_migrations' "
        "ORDER BY table_name"
    )
    if not known:
        raise InvalidInputError("This is a database of another program.")
    found = db.rows("SELECT number, sha256 FROM schema_migrations ORDER BY number")
    return {row["number"]: row["sha256"] for row in found}
