"""Checks of the machine: room on the disk, memory, a free port, a browser for the tests."""

import os
import shutil
import socket
from pathlib import Path

from rhml_core.workflows.checkup.finding import Finding, fault, fine, warning

_LEAST_DISK, _ENOUGH_DISK = 200_000_000, 2_000_000_000
_LEAST_MEMORY, _ENOUGH_MEMORY = 1_000_000_000, 4_000_000_000
_PORTS_TRIED = 50


def check_disk(folder: Path, free: int) -> Finding:
    """Whether there is room for what people write and runs leave; `free` in bytes."""
    told = f"{_gigabytes(free)} free in {folder}."
    remedy = "Make room, or move the workplace to another disk."
    if free < _LEAST_DISK:
        return fault("Disk", told, remedy)
    if free < _ENOUGH_DISK:
        return warning("Disk", told, f"A tuned run takes about 0.1 GB. {remedy}")
    return fine("Disk", told)


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder lies."""
    return shutil.disk_usage(folder).free


def check_memory(total: int | None) -> Finding:
    """Whether the machine has memory enough; `total` in bytes, None where it does not say."""
    if total is None:
        return fine("Memory", "The machine does not say how much it has.")
    told = f"{_gigabytes(total)} in all."
    if total < _LEAST_MEMORY:
        return fault("Memory", told, "Use a machine with at least 4 GB.")
    if total < _ENOUGH_MEMORY:
        return warning(
            "Memory", told, "Enough to label and for fast runs; a tuned run may need more."
        )
    return fine("Memory", told)


def memory_in_all() -> int | None:
    """Bytes of memory that the machine has; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def check_port(port: int) -> Finding:
    """Whether a server can listen where it usually does."""
    if _is_free(port):
        return fine("Port", f"{port} is free.")
    others = (one for one in range(port + 1, port + _PORTS_TRIED) if _is_free(one))
    other = next(others, None)
    remedy = f"Serve with --port {other}" if other else "Serve with another --port"
    return warning("Port", f"{port} is taken, perhaps by a server that runs already.", f"{remedy}.")


def check_browser(executable: str | None) -> Finding:
    """Whether the tests find the browser that they drive; people bring their own."""
    if executable is None:
        return warning(
            "Chromium",
            "Not found; only the browser tests need it.",
            "On Debian: apt-get install chromium; or name it in RHML_CHROMIUM.",
        )
    return fine("Chromium", f"{executable}, for the browser tests.")


def browser_for_tests() -> str | None:
    """Path of the browser that the tests drive; None where there is none."""
    return os.environ.get("RHML_CHROMIUM") or shutil.which("chromium")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:,.1f} GB"
