"""The headless core of rhml: store, measures, machine, jobs and what people do with them."""

__version__ = "0.1.0"
