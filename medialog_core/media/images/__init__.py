"""Images: pixels or files, and what is drawn over them."""
