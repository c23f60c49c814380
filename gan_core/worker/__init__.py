"""The process that owns a Trainer: `python -m gan_core.worker`."""
