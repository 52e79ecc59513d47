"""The local stack and the configuration of what stands around Rytmi. No logic beyond starting things."""
