"""Tasks of text: bytes as tokens, their views, and where the texts come from."""
