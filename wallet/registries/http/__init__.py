"""Departments' registries over HTTP: share services in the style of GB/T 36906-2018, and of DB44/T 2167.3-2019."""
