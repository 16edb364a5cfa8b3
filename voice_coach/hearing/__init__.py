"""SOUND IN: samples to commands heard."""
