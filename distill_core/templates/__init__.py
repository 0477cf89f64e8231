"""Functions that write an experiment for a form, a lesson or a chain, and read its shape back."""
