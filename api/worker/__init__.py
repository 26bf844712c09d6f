"""The worker: what is done behind the requests. `python -m api.worker`, on as many machines as one likes."""
