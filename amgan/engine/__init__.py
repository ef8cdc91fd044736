"""Who draws: the shelf of models, and the queue, the batcher and the devices that serve many callers."""
