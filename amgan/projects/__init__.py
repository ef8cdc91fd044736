"""A pilot's project: a folder that goes from a pile of photos to labels, models, votes and a report."""
