"""What runs inside a visitor's browser: the engine, our scripts, the models, and who the visitor's device is."""
