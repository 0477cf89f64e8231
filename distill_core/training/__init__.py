"""Training: streams of batches, a frozen teacher, and the loop that takes a cohort through its budget."""
