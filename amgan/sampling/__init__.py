"""From a name to a picture to a file: latents, classes, paths, rendering, media."""
