"""The page: one file a tab, put together in `amgan.ui.page`."""
