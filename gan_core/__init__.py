"""The experiments, data, training and measurements of the GAN playground: nothing of its pages."""
