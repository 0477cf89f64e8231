"""Evaluation: numpy in, plain numbers out; without torch."""
