"""What is drawn into pictures of media: text, overlays, sheets and charts."""
