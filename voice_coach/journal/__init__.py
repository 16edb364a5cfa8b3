"""What happened, kept on this machine: written as it happens, resumed from, and reported on."""
