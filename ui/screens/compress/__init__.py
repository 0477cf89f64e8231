"""The parts of the Compress page: the form of a pipeline, what it would do, and what came of it."""
