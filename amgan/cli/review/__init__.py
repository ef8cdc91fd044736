"""``python -m amgan review``: reviews made, listed, read, exported and ended."""
