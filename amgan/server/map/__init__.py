"""A map of a model's seeds to wander in, and the picture at each of its points."""
