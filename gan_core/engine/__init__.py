"""A GAN and its training, in torch: `trainer.py` is the loop, to be read from top to bottom."""
