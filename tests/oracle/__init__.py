"""A slow, obvious second opinion on the domain core: written from the design alone, sharing no code with it."""
