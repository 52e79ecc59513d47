"""A real Prometheus and a real Alertmanager beside the workers, on this machine, with the configuration of `deploy/`.

They are Debian's programs: those that are installed, else unpacked into the user's cache, which takes neither root nor
anything from the rest of the system. They end with the process that started them, however it ends.
"""

from streams.local.monitoring.child import MonitoringError
from streams.local.monitoring.programs import Programs, provide
from streams.local.monitoring.stack import Monitoring

__all__ = ["Monitoring", "MonitoringError", "Programs", "provide"]
