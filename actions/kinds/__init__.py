"""One file per kind of action; those in this folder are the kinds there are."""
