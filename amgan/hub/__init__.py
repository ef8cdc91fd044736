"""Releases and Spaces on the Hub: fetched, published, described."""
