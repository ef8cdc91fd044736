"""The batch server: many callers, one device."""
