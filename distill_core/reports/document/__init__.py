"""Experiments as a document: a page that needs nothing else, and a notebook that repeats them."""
