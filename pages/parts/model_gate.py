"""What MLOps works out of models: how far they drifted, differ from their training and from the version before, and the gate."""

from __future__ import annotations

from agents.detectors.drift_frames import drift_frames
from agents.detectors.matched import compared
from agents.detectors.skew import skew_frames
from approvals.reading.proposed import Proposed
from components.frame.page import Page
from components.panels.mlops_gate import gate
from components.panels.mlops_skew import skew
from components.panels.savings_list import proposed
from components.sections.mlops_asks import drift_asks, matched, released, skewed
from components.tiles.tile import Frames, Tile


def judged(frames: Frames) -> Frames:
    """The frames with what drift comes to, where both answers are there."""
    if not frames.keys() >= {"drift_by_column", "quality_by_window"}:
        return frames
    return Frames({**frames, **drift_frames(frames)}, frames.coverage)


def set_beside(frames: Frames) -> Frames:
    """The frames with how far versions differ."""
    return Frames({**frames, "compared": compared(frames["versions_matched"])}, frames.coverage)


def beside_training(frames: Frames) -> Frames:
    """The frames with which columns are served otherwise than models were trained on them."""
    return Frames({**frames, **skew_frames(frames)}, frames.coverage)


def skew_tile(page: Page, known: list[Proposed]) -> Tile:
    """The columns that are served otherwise; ``known`` is what is proposed already."""
    return skew.tile(skewed(page), derive=lambda frames: proposed(known)(beside_training(frames)), variant=known)


def gate_tile(page: Page, known: list[Proposed]) -> Tile:
    """What may be promoted, by all that is known of the newest versions."""
    return gate.tile(
        released(page),
        matched(page),
        *drift_asks(page),
        skewed(page),
        derive=lambda frames: proposed(known)(beside_training(judged(set_beside(frames)))),
        variant=known,
    )
