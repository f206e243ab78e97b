"""Who somebody is and what they may: the directory, roles, groups, their saved views."""
