"""Words, numbers, titles and the sentences that several pages share."""
