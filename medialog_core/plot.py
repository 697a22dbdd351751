"""Charts of the usual kinds: data that is kept and drawn by the viewer."""
