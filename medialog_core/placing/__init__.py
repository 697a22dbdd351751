"""Where a framework's run lies, the same on every rank, and opening it when it is first needed."""
