"""The nets, their configuration and the objectives that train them."""
