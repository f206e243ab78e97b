"""What deploys it: the bundle and its check, preflight, grants, migration, dump and restore, smoke test. For people and
CI; the app never imports it."""
