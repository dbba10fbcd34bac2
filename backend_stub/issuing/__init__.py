"""Activation of cards: requests, certificates, codes, management keys, revocations."""
