"""How fast it is: programs that print figures, always as ratios within one run and beside the machine's load."""
