"""What votes say, and how sure that is."""
