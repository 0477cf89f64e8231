"""The parts of the Methods page."""
