"""The routes of reviews: the page where people vote, and what the team reads."""
