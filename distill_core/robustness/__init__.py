"""Corruptions, attacks, and the scores of networks under them."""
