"""From an experiment to a plan: every run with its settings, fingerprint, teacher and initial network."""
