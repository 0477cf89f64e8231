"""The parts of the Temperature page."""
