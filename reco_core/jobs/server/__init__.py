"""Who trains what, and when: the manager of a server, its worker processes, and what they say to each other."""
