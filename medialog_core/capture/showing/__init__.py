"""What was captured as media: pictures of inputs, truth and predictions on them, texts, tables."""
