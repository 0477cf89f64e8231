"""The export kit of a run: a folder with its files, a model card, examples that use them, and what checks them."""
