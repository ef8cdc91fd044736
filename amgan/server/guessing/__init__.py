"""The page on which people tell real pictures from made-up ones."""
