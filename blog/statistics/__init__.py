"""What is read, where readers come from and what they search for: numbers by day, without cookies and IP addresses.

The page cache counts in memory what browsers open (robots left out) and writes the numbers every few seconds.
"""
