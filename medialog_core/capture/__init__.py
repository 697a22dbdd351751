"""What zero-code capture shares over frameworks: nothing here imports one."""
