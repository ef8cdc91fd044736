"""Reviews: people say which pictures are good, and the team reads what to do about it."""
