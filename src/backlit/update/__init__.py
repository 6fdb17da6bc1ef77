"""Update rules as graph nodes: optimizers, schedules, clipping, the whole step."""
