"""The worker's process: Faust's app, fetching, assignment, what is done again and again, its web pages."""
