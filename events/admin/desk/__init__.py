"""The organizer's desk: pages about one event beside its form, each a function."""
