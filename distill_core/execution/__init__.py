"""One job at work: from its plan to stored runs."""
