"""``python -m amgan``."""

from amgan.cli import main

if __name__ == "__main__":
    main()
