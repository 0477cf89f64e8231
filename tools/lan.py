"""Serves the lab to the local network over https: python -m tools.lan --port 8501

A browser gives threads, WebGPU and a fine clock to pages that come over https alone. The certificate is made on the
spot, for the addresses that this machine has now, and kept for as long as they stay.
"""

import argparse
import signal
import socket
import subprocess
import sys
from pathlib import Path

import segno

from distill_core.lab import home_of
from tools.certificate import Files, certificate
from ui.browser.addresses import base_path
from ui.browser.network import room_addresses

ROOT = Path(__file__).resolve().parent.parent


def command(files: Files, address: str, port: int) -> list[str]:
    """What serves the lab: Streamlit with the certificate, on every address."""
    options = {
        "server.address": "0.0.0.0",
        "server.port": port,
        "server.sslCertFile": files.certificate,
        "server.sslKeyFile": files.key,
        "browser.serverAddress": address,
    }
    words = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *words]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8501)
    port = parser.parse_args().port
    room = room_addresses()
    if not room:
        print("This computer is in no network: no other device could come. make run serves it here.", file=sys.stderr)
        return 2
    files = certificate(home_of() / "certificate", room, socket.gethostname())
    url = f"https://{room[0]}:{port}{base_path()}/benchmark"
    segno.make(url, error="m", micro=False).terminal(compact=True, border=2)
    print(f"Open {url}\nEach browser warns once, since the certificate was made here: go on to the page.", flush=True)
    server = subprocess.Popen(command(files, room[0], port), cwd=ROOT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the server itself
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.terminate())
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
