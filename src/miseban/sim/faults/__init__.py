"""What goes wrong with simulated cameras: which frames never arrive, what the camera's clock says,
and what spoils its picture. The truth knows nothing of it."""

from miseban.sim.faults.schedule import FaultSchedule, FaultState

__all__ = ["FaultSchedule", "FaultState"]
