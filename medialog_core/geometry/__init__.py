"""What the files of points and meshes hold; both the media types and the sinks read them."""
