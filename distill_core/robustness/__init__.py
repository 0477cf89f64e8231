"""How networks bear corrupted and attacked images."""
