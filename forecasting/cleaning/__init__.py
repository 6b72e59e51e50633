"""What in a history is not the volume that came: found, reported, treated."""
