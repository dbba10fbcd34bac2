"""What the terminal prints for citizens, and the keys that receipts are checked with."""
