"""What the terminal runs on: the loop of events, Qt's thread, the PIN buffer, memory."""
