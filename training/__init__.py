"""Fine-tuning of the built-in speech model, at development time: ``python -m training --speech DIR``.

It needs the extra `training`, writes voice_coach/acoustic/correction.npz and prints what is made of the quarter of the
people left out. The weights that ship were made from Speech Commands v0.02 (Google, CC BY 4.0), spoken coffee orders
and wake phrases (Picovoice, Apache-2.0), and eSpeak NG's voices, which said every phrase of the session, the menu and
the body map. No recording of "pain", or of any command but stop, yes and no, was among them.

`python -m training.spotter` makes the weights of the spotter from the same, and from clips of natural voices that
`python -m training.render` renders.
"""

from __future__ import annotations
