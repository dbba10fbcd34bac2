"""Receipts: layout, encoding, printing with proof, the virtual printer, the signed code."""
