"""Copies of reviews and votes in a private data set of the Hub, and their way back."""
