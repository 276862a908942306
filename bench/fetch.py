"""Fetching alone: ours with guard and caps on, beside Scrapy and bare httpx, at 1, 4 and 16 hosts.

python -m bench.fetch [--requests 2400] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import httpx
from scrapy import Spider, signals
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from bench.servers import Cost, Stopwatch, in_own_process, machine, serving_by, transport_to
from ingest.fetch import Fetcher
from ingest.politeness import at_once
from ingest.robots import RobotsHere, RobotsRules
from ingest.tools import utc_now

BODY = b"<p>" + b"Bridge works are expected on Monday. " * 300 + b"</p>"
HOSTS = (1, 4, 16)


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a side cost, the bytes of the bodies that it got, and the most memory that its process held, in MiB."""

    cost: Cost
    size: int
    peak_mib: float


class Page(asyncio.Protocol):
    """Answers every request with the same page, and a robots.txt with rules that allow it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._head = b""

    def data_received(self, data: bytes) -> None:
        *heads, self._head = (self._head + data).split(b"\r\n\r\n")
        for head in heads:
            rules = b"User-agent: *\nDisallow: /admin/\n"
            body = rules if head.startswith(b"GET /robots.txt") else BODY
            kind = b"text/plain" if body is rules else b"text/html; charset=utf-8"
            lines = (b"HTTP/1.1 200 OK", b"Content-Type: " + kind, b"Content-Length: %d" % len(body), b'ETag: "1"')
            self._transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def addresses(hosts: int) -> list[str]:
    """Hosts of this machine that need no names."""
    return [f"127.0.0.{number + 1}" for number in range(hosts)]


def serve_pages(parent: Connection) -> None:
    """Serves the pages on one port of every host."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(Page, "127.0.0.1", 0)
        port = first.sockets[0].getsockname()[1]
        for address in addresses(max(HOSTS))[1:]:
            await loop.create_server(Page, address, port)
        parent.send(port)
        await asyncio.to_thread(parent.poll, None)

    asyncio.run(run())


def urls_of(hosts: int, requests: int, port: int) -> dict[str, list[str]]:
    """The addresses to ask by host."""
    each = requests // hosts
    return {host: [f"http://{host}:{port}/page-{number}" for number in range(each)] for host in addresses(hosts)}


def in_threads(work: Callable[[list[str]], int], urls: Mapping[str, list[str]]) -> Fetching:
    """A thread for each host, as the scheduler's workers are."""
    sizes: list[int] = []
    threads = [threading.Thread(target=lambda each=each: sizes.append(work(each))) for each in urls.values()]
    watch = Stopwatch()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Fetching(watch.read(), sum(sizes), peak_mib())


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(urls: Mapping[str, list[str]], port: int) -> Fetching:
    """Every check but that an address is public: turns at hosts, robots.txt, deadlines, caps, wholeness."""
    rules = RobotsRules(RobotsHere(), at_once(), utc_now)
    with Fetcher(
        user_agent="bench",
        transport_for=lambda host: transport_to(port, host),
        politeness=rules.politeness,
        robots=rules,
    ) as fetcher:
        return in_threads(lambda each: sum(len(fetcher.get(url).answer.body) for url in each), urls)


def bare_httpx(urls: Mapping[str, list[str]], port: int) -> Fetching:
    """A client of its own for each host, nothing checked."""

    def work(each: list[str]) -> int:
        with httpx.Client(trust_env=False, verify=False) as client:
            return sum(len(client.get(url).content) for url in each)

    return in_threads(work, urls)


class PagesSpider(Spider):
    """Reads the pages and counts their bytes."""

    name = "pages"
    size = 0

    def parse(self, response: Response, *_: Any, **__: Any) -> None:
        PagesSpider.size += len(response.body)


def scrapy(per_host: int, obeys_robots: bool, urls: Mapping[str, list[str]], port: int) -> Fetching:
    """Scrapy with so many connections to a host."""
    settings = {
        "CONCURRENT_REQUESTS": max(16, per_host * len(urls)),
        "CONCURRENT_REQUESTS_PER_DOMAIN": per_host,
        "ROBOTSTXT_OBEY": obeys_robots,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(PagesSpider)
    watches: list[Stopwatch] = []
    costs: list[Cost] = []
    crawler.signals.connect(lambda: watches.append(Stopwatch()), signals.engine_started, weak=False)
    crawler.signals.connect(lambda: costs.append(watches[0].read()), signals.spider_closed, weak=False)
    interleaved = [url for each in zip(*urls.values(), strict=True) for url in each]
    process.crawl(crawler, start_urls=interleaved)
    process.start()
    return Fetching(costs[0], PagesSpider.size, peak_mib())


OURS = "ours"
SIDES: Mapping[str, Callable[[Mapping[str, list[str]], int], Fetching]] = {
    OURS: ours,
    "httpx, bare": bare_httpx,
    "Scrapy, 1 connection a host": partial(scrapy, 1, True),
    "Scrapy, 8 connections a host (its default)": partial(scrapy, 8, True),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--requests", type=int, default=2400)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    print(machine())
    with serving_by(serve_pages) as port:
        urls = {hosts: urls_of(hosts, options.requests, port) for hosts in HOSTS}
        rounds = [measured(urls, port) for _ in range(options.rounds)]
    for hosts in HOSTS:
        count = count_of(urls[hosts])
        print(f"{hosts} hosts, {count} requests of {len(BODY):,} bytes, medians of {len(rounds)} rounds")
        for name in SIDES:
            show(name, [each[hosts, name] for each in rounds], [each[hosts, OURS] for each in rounds], count)
    for name in SIDES:
        rates = [rate(each[16, name], urls[16]) / rate(each[4, name], urls[4]) for each in rounds]
        spread = f"{min(rates):.2f} to {max(rates):.2f}"
        print(f"{name}: at 16 hosts {statistics.median(rates):.2f} of its rate at 4 ({spread})")


def measured(urls: Mapping[int, Mapping[str, list[str]]], port: int) -> dict[tuple[int, str], Fetching]:
    """One round: every side in turn at every number of hosts, so that what is compared was measured close together."""
    found: dict[tuple[int, str], Fetching] = {}
    for name, side in SIDES.items():
        for hosts, each in urls.items():
            found[hosts, name] = in_own_process(side, each, port)
            expected = count_of(each) * len(BODY)
            if found[hosts, name].size != expected:
                raise SystemExit(f"{name}: {found[hosts, name].size} bytes, expected {expected}")
    return found


def count_of(urls: Mapping[str, list[str]]) -> int:
    return sum(map(len, urls.values()))


def rate(fetching: Fetching, urls: Mapping[str, list[str]]) -> float:
    """Requests a second."""
    return count_of(urls) / fetching.cost.wall_seconds


def show(name: str, each: Sequence[Fetching], ours: Sequence[Fetching], count: int) -> None:
    wall = statistics.median(one.cost.wall_seconds for one in each)
    cpu = statistics.median(one.cost.cpu_seconds for one in each)
    pairs = list(zip(ours, each, strict=True))
    faster = statistics.median(other.cost.wall_seconds / own.cost.wall_seconds for own, other in pairs)
    peak = max(one.peak_mib for one in each)
    print(
        f"  {name:<44} {count / wall:6.0f}/s, CPU {cpu:5.2f} s, peak {peak:4.0f} MiB; ours {faster:.2f} times as fast"
    )


if __name__ == "__main__":
    main()
