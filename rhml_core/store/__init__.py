"""The only folder with SQL: one DuckDB file, owned by one process."""
