"""How a network looks on every page, and those that run in a browser."""
