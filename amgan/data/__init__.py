"""Labelled pictures as they come: from a folder, a data set or the Hub, as one uint8 tensor."""

from amgan.data.labelled_images import LabelledImages, load_labelled_images

__all__ = ["LabelledImages", "load_labelled_images"]
