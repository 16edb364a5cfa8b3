"""Sound in: microphone samples become commands heard."""
