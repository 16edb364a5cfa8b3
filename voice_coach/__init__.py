"""Voice Coach: an offline, voice-guided, hands-free massage assistant."""

__version__ = "0.1.0"
