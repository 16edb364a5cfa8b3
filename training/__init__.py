"""Fine-tuning of the built-in speech model, at development time: ``python -m training --speech DIR``."""

from __future__ import annotations
