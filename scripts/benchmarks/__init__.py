"""The sections of scripts/bench, and what they share: timing (measure), generated files (inputs), servers (registry)."""
