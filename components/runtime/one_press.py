"""One press of a key is one act: a key that is held down repeats itself, and would decide on whatever opens next."""

from __future__ import annotations

# Written into the app's page, where the policy of scripts knows it by its hash. In fields a held key goes on typing.
SCRIPT = b"""addEventListener("keydown", (press) => {
  const at = press.target;
  const field = at instanceof Element && at.closest("input, textarea, select, [contenteditable], [role=textbox]");
  const letter = press.key.length === 1 || press.key === "Enter";
  if (press.repeat && letter && !field) { press.stopImmediatePropagation(); press.preventDefault(); }
}, true);"""
