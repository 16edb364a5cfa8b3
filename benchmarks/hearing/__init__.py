"""Heard over its own voice: reaction, misses and false alarms, ours beside rivals, in stated conditions."""
