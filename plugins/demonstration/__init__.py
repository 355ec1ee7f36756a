"""The demonstration's world: one believable programme in seven places, played from a seed."""
