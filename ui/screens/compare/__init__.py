"""The parts of the Compare screen, from its filters to its downloads."""
