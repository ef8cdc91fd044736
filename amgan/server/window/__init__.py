"""Pictures that turn into each other without an end, for a shop window."""
