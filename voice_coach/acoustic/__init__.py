"""The acoustic model: CMU Sphinx's Gaussian mixtures, translated into a model that Vosk loads."""

from __future__ import annotations
