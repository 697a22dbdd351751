"""The core store: layout, writer, reader, seal."""
