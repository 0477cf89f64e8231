"""The one door of pages and the shell: submit, watch and stop jobs, and ask for what is stored."""

from distill_core.lab.home import home_of
from distill_core.lab.lab import Lab
from distill_core.lab.views import JobView

__all__ = ["JobView", "Lab", "home_of"]
