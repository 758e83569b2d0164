"""PEOPLE SEE AND DECIDE: the command line, the station's composition, paper, and the window (the only Qt)."""
