"""Is every question sound? For those who write them; the deployed app has no use for it and does not carry it."""
