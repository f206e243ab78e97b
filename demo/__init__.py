"""The embedded lakehouse: a synthetic organisation under the same SQL, and the emulated warehouse on loopback."""
