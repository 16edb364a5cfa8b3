"""THE CORE: pure decisions; no clock, no thread, no device."""
