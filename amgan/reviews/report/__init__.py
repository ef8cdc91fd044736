"""What a review comes down to: its results, in words, as a page and as files."""
