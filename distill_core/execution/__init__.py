"""The execution of a job: from its plan to stored runs."""
