"""What completion offers, by what is being written: keys, values, the inside of templates. ``features.completion``
tells which it is."""
