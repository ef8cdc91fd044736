"""Real or made up: rounds of guesses, and what they come to."""
