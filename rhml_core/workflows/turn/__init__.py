"""From a message handed out to a final label: queue, phases, what may be shown when."""
