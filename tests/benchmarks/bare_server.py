"""Serves the bare form as the product is served: `python -m tests.benchmarks.bare_server PORT`."""

import sys
from pathlib import Path

import streamlit as st
import uvicorn

from app.streamlit_options import apply_options


def main():
    """Serve until stopped."""
    apply_options(max_upload_megabytes=1)
    app = st.App(Path(__file__).with_name("bare_form.py"))
    port = int(sys.argv[1])
    uvicorn.run(app, host="localhost", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main()
