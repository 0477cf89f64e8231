"""Which other sites may show the lab inside their pages: none, until its owner names them."""

import re

from distill_core.errors import InvalidSetting

__all__ = ["SETTING", "policy"]

SETTING = "DISTILL_FRAME_ANCESTORS"
# https://host:port, with a star before a name or for any port, as Content-Security-Policy has it.
SOURCE = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::(?:\d{1,5}|\*))?/?", re.ASCII)


def policy(named: str) -> str:
    """The header's value for the sites ``named`` (addresses with spaces between). Raises InvalidSetting."""
    sites = named.split()
    for site in sites:
        if not SOURCE.fullmatch(site):
            do = "name origins with spaces between, as https://course.example https://*.school.example"
            raise InvalidSetting(SETTING, expected="the addresses of sites", got=site, hint=do)
    return " ".join(["frame-ancestors 'self'", *sites])
