"""The parts of the Compress page: the form of a chain, what it would do, and the ladder that came of it."""
