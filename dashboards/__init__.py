"""What the wall screens and the rules ask of Prometheus: queries, panels, rules. Nothing yet but the place."""
