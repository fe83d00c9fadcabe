"""Draw docs/plots/dashboard.svg: the queries of deploy/grafana-dashboard.json as Prometheus answers them.

    python -m benchmarks.dashboard [minutes]

Needs `prometheus` (in Debian: apt install prometheus). Not Grafana's own drawing, but its panels, queries and numbers.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.live import UNLIMITED
from benchmarks.serving import OURS, ROOT, environment, free_port, manage, running
from benchmarks.soak import SEED, Load
from docs.plots import FOLDER, curves

TOKEN = "a token for measurements"
STEP = 5
"""Seconds between scrapes and between points."""
MOST_CURVES = 5


@contextmanager
def prometheus(folder: Path, port: int) -> Iterator[str]:
    """Its URL; it scrapes the server on the port."""
    config = {
        "global": {"scrape_interval": f"{STEP}s"},
        "scrape_configs": [
            {
                "job_name": "frodo",
                "authorization": {"credentials": TOKEN},
                "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))  # which is YAML, too
    own = free_port()
    command = [shutil.which("prometheus") or "prometheus", f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'prometheus'}", f"--web.listen-address=127.0.0.1:{own}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{own}"
    finally:
        process.terminate()
        process.wait(30)


def answer(url: str, expression: str, start: float, end: float) -> dict[str, list[tuple[float, float]]]:
    """Curves by their labels: minutes and values."""
    query = {"query": expression, "start": start, "end": end, "step": STEP}
    with urlopen(f"{url}/api/v1/query_range?{urlencode(query)}", timeout=30) as response:
        result = json.load(response)["data"]["result"]
    found = {}
    for series in result[:MOST_CURVES]:
        label = " ".join(
            value for name, value in series["metric"].items() if name not in ("instance", "job", "__name__")
        )
        points = [((at - start) / 60, float(value)) for at, value in series["values"] if value != "NaN"]
        found[label] = points
    return found


def panels(url: str, start: float, end: float) -> list[tuple[str, dict]]:
    dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8"))
    drawn = []
    for panel in dashboard["panels"]:
        found: dict[str, list[tuple[float, float]]] = {}
        for target in panel.get("targets", []):
            curves = answer(url, target["expr"].replace("$instance", ".*"), start, end)
            legend = target.get("legendFormat", "")
            found |= {label or ("" if "{{" in legend else legend): points for label, points in curves.items()}
        if found:
            drawn.append((panel["title"], found))
    return drawn


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    with TemporaryDirectory() as name:
        env = environment(Path(name), METRICS_TOKEN=TOKEN, **UNLIMITED)
        manage(env, "migrate", "--verbosity", "0")
        posts = [int(line) for line in manage(env, "shell", "--verbosity", "0", "--command", SEED).split()]
        with (
            running(env, *OURS, "--port", "PORT", "frodo.asgi:application") as server,
            prometheus(Path(name), server.port) as url,
        ):
            start = time.time()
            asyncio.run(Load(server.port, posts).run(minutes * 60, lambda: None))
            found = panels(url, start, time.time())
    title = f"The panels of deploy/grafana-dashboard.json during {minutes:g} minutes of `make soak`"
    (FOLDER / "dashboard.svg").write_text(curves(title, "minutes", found, columns=2), encoding="utf-8")
    print(f"{len(found)} panels")


if __name__ == "__main__":
    main()
