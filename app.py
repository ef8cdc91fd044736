"""The app: pictures by class and between pictures, in the browser. Settings come from the environment."""

from __future__ import annotations

import os
import threading
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

from amgan.shelf import Shelf
from amgan.ui.page import build_page
from amgan.ui.theme import launch_options


def main() -> None:
    """Open the shelf, build the page, serve it; the default model is loaded meanwhile."""
    shelf = Shelf(os.environ.get("AMGAN_WEIGHTS") or Path(__file__).parent / "weights")
    page = build_page(shelf)
    host, port = os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1", _port()
    try:
        _, url, _ = page.launch(
            server_name=host,
            server_port=port,
            quiet=True,
            prevent_thread_lock=True,
            **launch_options(),
        )
    except (OSError, ValueError) as error:
        raise SystemExit(f"Port {port} on {host} cannot be used; set GRADIO_SERVER_PORT to a free one.") from error
    threading.Thread(target=shelf.warm_up, daemon=True).start()
    print(f"The app is at {url} (Ctrl-C stops it).", flush=True)
    page.block_thread()


def _port() -> int:
    port = os.environ.get("GRADIO_SERVER_PORT") or "7860"
    if not (port.isascii() and port.isdigit() and len(port) < 9 and 0 < int(port) < 65536):
        raise SystemExit(f"GRADIO_SERVER_PORT must be a number from 1 to 65535, not {port!r:.40}.")
    return int(port)


if __name__ == "__main__":
    main()
