"""A news site of many hosts, all of them loopback addresses, made up page by page from a fixed seed: site.py PORT PAGES HOST...

Each host has PAGES articles of about 35 KB, as news sites have them: a menu, a sidebar, a footer, scripts, and a dozen paragraphs.
Article number n links to three further ones (3n+1 to 3n+3), so that following links from /news/ reaches all, and to some thirty that
are linked elsewhere too. The text of a page depends on its host and number only.
"""

import asyncio
import random
import sys

SUBJECTS = (
    "The council of Wexmere|The health board of Aldbrook|The port authority|The ministry of transport|A spokesman of the water works|"
    "The union of bus drivers|The mayor of Lindholm|The school board|The fire brigade|The regional court|The bank of Harrow Vale|"
    "The district hospital|The weather service|The housing fund|The ferry company|The farmers' association"
).split("|")
VERBS = (
    "will close|has paid for|is going to double|has withdrawn|did not approve|will tax|has sold|is planning|has counted|will ban|"
    "has found|is going to move|has rebuilt|will test|has lost|is hiding"
).split("|")
OBJECTS = (
    "shelters in the old harbour|beds in the northern ward|litres of drinking water|tickets for the night bus|tons of grain|"
    "vaccination appointments|ballot papers|wind turbines on the ridge|flats for students|euros from the relief fund|"
    "parking spaces at the market|trees along the canal|masks from the reserve|teachers of the evening school"
).split("|")
ENDS = (
    "before the end of the year|since the flood in March|without asking the residents|according to its own report|by a vote of nine to four|"
    "although the courts had forbidden it|in the third week of the strike|for the first time since 1998|as neighbours had feared"
).split("|")

MENU = "".join(f'<li><a href="/topic/{n}">Topic {n}</a></li>' for n in range(24))
SCRIPTS = "<script>" + "".join(f"window.q{n}=function(a,b){{return a+b*{n}}};" for n in range(160)) + "</script>"
STYLE = "<style>" + "".join(f".c{n}>.item:hover{{color:#{n:06x};margin:{n}px}}" for n in range(160)) + "</style>"
ASIDE = "".join(
    f'<div class="teaser c{n}"><img src="/img/{n}.jpg" alt=""><h4>Most read, number {n}</h4><p>Short and easily read.</p></div>'
    for n in range(30)
)
FOOTER = "".join(f'<li class="item"><a href="https://elsewhere.test/{n}" rel="nofollow">Service {n}</a></li>' for n in range(40))


def sentence(dice):
    pick = dice.choice
    return f"{pick(SUBJECTS)} {pick(VERBS)} {dice.randrange(2, 9000)} {pick(OBJECTS)} {pick(ENDS)}."


def page(host, number, pages):
    dice = random.Random(f"{host} {number}")
    title = sentence(dice)[:-1]
    body = "".join(f"<p>{' '.join(sentence(dice) for _ in range(dice.randrange(3, 7)))}</p>" for _ in range(12))
    further = [n for n in range(3 * number + 1, 3 * number + 4) if n < pages]
    further += [dice.randrange(pages) for _ in range(30)]
    links = "".join(f'<li><a href="/news/{n}">Related article {n}</a></li>' for n in further)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {host}</title>{STYLE}{SCRIPTS}'
        f'<meta property="og:type" content="article"><meta name="author" content="Desk {number % 7}">'
        f'<meta property="article:published_time" content="2026-10-{1 + number % 28:02}T08:00:00Z"></head>'
        f'<body><header><nav><ul>{MENU}</ul></nav></header><main><article><h1>{title}</h1>{body}</article>'
        f'<aside>{ASIDE}</aside><ul class="related">{links}</ul></main><footer><ul>{FOOTER}</ul></footer>{SCRIPTS}</body></html>'
    ).encode()


def body_of(host, path, pages):
    if path == "/news/":
        return page(host, 0, pages)
    number = path.removeprefix("/news/")
    if number.isdigit() and int(number) < pages:
        return page(host, int(number), pages)
    return None


class Connection(asyncio.Protocol):
    pages = 0

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.answer(head.decode("latin-1"))

    def answer(self, head):
        first, *fields = head.split("\r\n")
        host = next(f.split(":", 1)[1].strip() for f in fields if f.lower().startswith("host:"))
        body = body_of(host.split(":")[0], first.split(" ")[1], self.pages)
        status = "404 Not Found" if body is None else "200 OK"
        body = body or b"nothing here"
        self.transport.write(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )


async def main(port, pages, hosts):
    Connection.pages = pages
    server = await asyncio.get_running_loop().create_server(Connection, hosts, port)
    print("ready", flush=True)
    async with server:
        await asyncio.wait_for(server.serve_forever(), 3600)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
