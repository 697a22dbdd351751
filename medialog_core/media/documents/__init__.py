"""What is read: text, HTML, figures and charts."""
