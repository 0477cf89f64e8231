"""The parts of the Benchmark page: what is measured, where, and how it is shown."""
