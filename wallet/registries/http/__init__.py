"""Departments' registries over HTTP: the share service in the style of GB/T 36906-2018."""
