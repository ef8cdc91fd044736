"""What is measured of a model, each number with its protocol."""
