"""Measurements of speed: candidates and their baseline take turns in one run, so that noise meets all alike."""
