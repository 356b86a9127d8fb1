"""From the study to its leaves: one module per part of the life cycle, each adds activities to a `Collector`."""
