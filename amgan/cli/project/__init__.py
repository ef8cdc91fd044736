"""``python -m amgan project``: a pilot from a pile of photos to a report."""
