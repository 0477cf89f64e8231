"""The screens: a folder a page; none imports another."""
