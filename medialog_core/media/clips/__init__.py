"""What is played: video and audio."""
