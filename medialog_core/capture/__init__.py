"""What zero-code capture shares over frameworks; nothing here but `torch` imports one."""

from .options import Capture

__all__ = ["Capture"]
