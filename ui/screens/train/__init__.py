"""Train: the form, and the experiment that is watched."""
