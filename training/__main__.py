"""Fine-tunes the built-in speech model: ``python -m training --speech DIR``."""

from __future__ import annotations

from training.train import main

main()
