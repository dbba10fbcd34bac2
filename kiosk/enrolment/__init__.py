"""How a terminal gets its identity and introduces it to the central API."""
