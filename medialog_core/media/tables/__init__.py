"""Tables, and what stands in their cells."""
