"""Media types: value, encode and decode, one file a type."""
