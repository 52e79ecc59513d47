"""The Kafka and Faust shell around the pure core: settings, topics, codec use, delivery, store, emission, CLI.

No rule of the domain lives here. What a person can mend (a missing broker, a wrong setting) is raised as a `UserError`;
the command line shows it as one line and exits with 1. Everything else is a bug of ours and keeps its traceback.
"""


class UserError(Exception):
    """Something that the person at the keyboard can mend; the message names the place and the remedy."""
