"""medialog: local-first media logging."""
