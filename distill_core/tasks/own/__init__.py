"""Tasks of a home that its owner brought: scanned, decoded and checked once, then kept as one file without a path from
outside."""
