"""What workers that are to be killed are forked from: what each of them would read for itself is known before."""

from __future__ import annotations

import gc

from tests.actions.office import crowd

crowd()
gc.freeze()
