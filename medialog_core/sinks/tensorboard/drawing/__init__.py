"""What is drawn into the pictures that TensorBoard shows: text, overlays, sheets and charts."""
