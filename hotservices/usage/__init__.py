"""Use of services: events as they come in, what is kept of each person, and the tables that everybody's use feeds."""
