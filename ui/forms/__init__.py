"""Forms: the widgets, and their values as data."""
