"""The door of a world: keys with which it asks, its answers, and lists for worlds that cannot ask.

Everything here may run on the machine of a host. So it tells ids, codes and roles, and never a
mail address, a price or a pledge.
"""
