"""The services engine: definitions and their faults, kinds of questions, conditions, flow."""
