"""Reviews and votes in one SQLite file."""
