"""The page on which projects are made, from photos to a report, and its routes."""
