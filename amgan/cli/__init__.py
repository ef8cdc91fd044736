"""The command line, one file a command; `amgan.cli.command_line` puts them together."""

from amgan.cli.command_line import main

__all__ = ["main"]
