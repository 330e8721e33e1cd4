"""Tell how the site does: what keeps it from working, its figures, and the addresses that say it.

It reads only. Rows are counted up to a number, so that no question here grows with the crowd.
"""
