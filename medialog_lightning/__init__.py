"""Zero-code media capture for PyTorch Lightning."""
