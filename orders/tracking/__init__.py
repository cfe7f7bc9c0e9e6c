"""What tracking services push to us, each in its own language, read into ours."""
