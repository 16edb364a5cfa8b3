"""Words heard and words imagined."""
