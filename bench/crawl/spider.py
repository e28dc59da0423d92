"""The peer: Scrapy follows the same links on the same hosts. Settings as it ships, but for what Klarstelle is told too: no pauses, one
request at a time to each host, the same number at once. With TEXT=FILE trafilatura, as it ships, takes the text in an item pipeline, and
the items are written to FILE."""

import os

import scrapy
import trafilatura


class Text:
    def process_item(self, item):
        item["text"] = trafilatura.extract(item.pop("html")) or ""
        return item


class Site(scrapy.Spider):
    name = "site"
    with_text = bool(os.environ["TEXT"])
    custom_settings = {
        "CONCURRENT_REQUESTS": int(os.environ["CONCURRENCY"]),
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "ITEM_PIPELINES": {Text: 300} if with_text else {},
        "FEEDS": {os.environ["TEXT"]: {"format": "jsonlines"}} if with_text else {},
    }
    count = 0
    chars = 0

    async def start(self):
        for url in os.environ["SOURCES"].split():
            yield scrapy.Request(url)

    def parse(self, response):
        Site.count += 1
        for href in response.xpath('//a[@href and not(contains(@rel, "nofollow"))]/@href').getall():
            if href.startswith("/news/"):
                yield response.follow(href)
        if self.with_text:
            yield {"url": response.url, "html": response.text}

    def closed(self, reason):
        print(f"pages {Site.count}")
