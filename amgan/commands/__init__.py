"""The command line's commands, one file each; `amgan.cli` puts them together."""
