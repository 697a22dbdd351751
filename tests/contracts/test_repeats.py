"""A value that comes again, at a hundred steps or under a hundred keys, costs neither encoding nor bytes."""
