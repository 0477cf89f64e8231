"""Experiments on the pages: their picker, plan, progress, outcome and actions."""
