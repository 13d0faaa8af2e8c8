"""DuckDB as a reader of the journal has it: it reads one folder, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb


def opened(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """Only the journal's folder is read, and nothing is ever fetched."""
    connection = duckdb.connect(":memory:", config={"threads": threads})
    quoted = str(folder).replace("'", "''")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "python_enable_replacements = false",
        f"allowed_directories = ['{quoted}']",
        "enable_external_access = false",
        "allocator_background_threads = true",  # else what a thread once needed is kept
        # It caches no local file, and yet keeps something of each that it ever saw: a compaction
        # makes half a dozen every few minutes.
        "enable_external_file_cache = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection
