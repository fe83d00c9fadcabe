"""Prometheus, as far as tests need it."""

from prometheus_client.parser import text_string_to_metric_families

from tests.server import Server

TOKEN = "a token for tests"


class Scrape:
    def __init__(self, text: str) -> None:
        self.text = text
        self.samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}

    def labels(self, name: str) -> list[dict[str, str]]:
        return [sample.labels for sample in self.samples if sample.name == name]

    def value(self, name: str, **labels: str) -> float:
        """The sum of what has these labels; 0 where there is none yet."""
        return sum(
            sample.value for sample in self.samples if sample.name == name and labels.items() <= sample.labels.items()
        )


def scrape(server: Server) -> Scrape:
    status, text = server.ask("/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200, text
    return Scrape(text)
