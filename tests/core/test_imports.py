"""What a process loads: the serving one never torch, the core never Streamlit."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "setfit", "sentence_transformers", "transformers")


def modules_after(statement):
    code = f"{statement}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import app.server, app.main, rhml_core.workflows.demo.demo",
        "import rhml_core.cli, rhml_core.workflows.training.training",
        "import rhml_core.jobs.worker",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement):
    """Torch takes seconds and hundreds of megabytes; only a worker that tunes a body needs it."""
    assert modules_after(statement).isdisjoint(HEAVY)


def test_core_does_not_know_streamlit():
    assert "streamlit" not in modules_after("import rhml_core.cli, rhml_core.workflows.demo.demo")


def test_worker_has_no_database():
    """The worker gets files and gives files; only one process may own the store."""
    assert "duckdb" not in modules_after(
        "import rhml_core.jobs.worker, rhml_core.machine.recipes.catalogue"
    )
