"""Read what an organizer's desk shows about one event. Nothing in here writes."""
