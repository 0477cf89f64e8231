"""Pictures of methods, computed from the activations of two trained networks on test images."""
