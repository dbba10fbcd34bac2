"""Makes the simulated state's keys, certificates and drawn faces; only what it makes is shipped."""
