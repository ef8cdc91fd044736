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
    port = os.environ.get("GRADIO_SERVER_PORT") or "7860"
    try:
        _, url, _ = page.launch(
            server_name=os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1",
            server_port=int(port),
            quiet=True,
            prevent_thread_lock=True,
            **launch_options(),
        )
    except (OSError, ValueError) as error:
        raise SystemExit(f"Port {port} cannot be used ({error}); set GRADIO_SERVER_PORT to another one.") from error
    threading.Thread(target=shelf.warm_up, daemon=True).start()
    print(f"The app is at {url} (Ctrl-C stops it).", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
