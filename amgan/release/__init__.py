"""The release folder, where training and serving meet: read and written, nothing in it trusted."""
