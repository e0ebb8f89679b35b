"""Playthroughs without a player: written transcripts, and random wandering."""
