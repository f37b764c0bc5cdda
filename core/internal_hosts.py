"""PURE. Host names in a text that mean nothing outside the house: db01.internal, redis:6379.

A name whose ending is no public suffix is one, unless it is a file, an identifier or the end of a
sentence without its space. The list of suffixes comes with the library; nothing is fetched.
"""

import re
from collections.abc import Iterator
from functools import cache

from publicsuffixlist import PublicSuffixList

_URL = re.compile(
    r"(?<![\w+.-])(?P<scheme>[a-z][\w+.-]{0,20})://(?:[^\s/@<>|]{0,200}@)?"
    r"(?P<host>[\w.-]{1,253})(?::(?P<port>[0-9]{1,5}))?(?:[/?#][^\s<>|]*)?",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?<![^\W_])(?<![/\\.$-])(?P<host>[^\W_][\w-]{0,62}(?:\.[\w-]{0,62}[^\W_]){0,8})"
    r"(?::(?P<port>[0-9]{2,5}))?(?![^\W_]|[@(-]|\.\w)"  # an underscore may be Slack's italics
)
_NO_HOST_IN = frozenset({"s3", "gs", "slack", "file"})
_TICKET = re.compile(r"[A-Z][A-Z0-9]+-[0-9]+")
_OURS = frozenset({
    *("internal", "intranet", "intra", "intern", "corp", "lan", "local", "localdomain"),
    *("prod", "production", "preprod", "staging", "stage", "qa", "uat", "svc", "consul"),
})  # fmt: skip
"""Endings that a house gives its own names, `prod` although it is also a public one."""
_OURS_INSIDE = frozenset({"internal", "intranet", "intern", "corp"})
_FILES = frozenset({
    *("bak", "bat", "bin", "cfg", "cjs", "class", "conf", "config", "cpp", "crt", "csproj", "css"),
    *("csv", "dll", "doc", "docx", "dump", "env", "erb", "exe", "gif", "go", "gradle", "graphql"),
    *("gz", "hcl", "html", "htm", "ico", "ini", "ipynb", "jar", "java", "jpeg", "jpg", "js"),
    *("json", "jsonl", "jsx", "key", "kt", "lock", "log", "lua", "mjs", "parquet", "patch", "pdf"),
    *("pem", "php", "pid", "plist", "png", "pptx", "properties", "proto", "rb", "service", "sock"),
    *("sql", "sqlite", "svg", "tar", "tf", "tfvars", "tgz", "timer", "tmp", "toml", "ts", "tsx"),
    *("txt", "vue", "war", "wasm", "webp", "whl", "xls", "xlsx", "xml", "yaml", "yml", "zst"),
})  # fmt: skip
_PORTS = frozenset({
    *(22, 80, 443, 1433, 1521, 2181, 2379, 3000, 3306, 4222, 5432, 5672, 6379, 6443, 8000, 8080),
    *(8081, 8200, 8443, 8500, 9000, 9042, 9090, 9092, 9200, 9300, 11211, 15672, 27017, 50051),
})  # fmt: skip
"""Where servers listen: a plain word before one of these is a host, before another it is not."""


def find_hosts(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names internal hosts, each with its port: those in URLs, then the others."""
    for found in _URL.finditer(text):
        if found["scheme"].lower() not in _NO_HOST_IN and _is_internal_in_url(found["host"]):
            yield found.start("host"), found.end("port" if found["port"] else "host")
    outside = _URL.sub(lambda found: " " * len(found[0]), text)
    for found in _HOST.finditer(outside):
        if _is_internal(found["host"], found["port"]):
            yield found.span()


def _is_internal_in_url(host: str) -> bool:
    name = host.strip(".").casefold()
    if "." not in name:
        return any(map(str.isalpha, name))
    return _is_ours(name, is_host=True)


def _is_internal(host: str, port: str | None) -> bool:
    """Whether a word of a sentence is an internal host; `done.Next` and `10:30` are not."""
    if host[1:] != host[1:].lower() and host != host.upper():
        return False
    name = host.casefold()
    if name == "localhost":
        return True
    if "." in name:
        return _is_ours(name, is_host=port is not None)
    return port is not None and not _TICKET.fullmatch(host) and _is_server(name, int(port))


def _is_server(name: str, port: int) -> bool:
    """Whether a bare name with a port is one: `db01:5001`, `redis:6379`, and no `error:503`."""
    if not name[0].isalpha() or name in ("port", "ports"):
        return False
    is_numbered = re.search(r"[\d-]", name) is not None
    is_year = 1900 <= port < 2100
    return port in _PORTS or (is_numbered and not is_year and 1000 <= port <= 65535)


def _is_ours(name: str, *, is_host: bool) -> bool:
    """Whether a dotted name belongs to the house; `is_host` if what is around it shows a host."""
    labels = name.split(".")
    ending = labels[-1]
    if not all(labels) or len(ending) < 2 or not ending.isalpha():
        return False
    if ending in _OURS or ending == "localhost" or name.endswith(".home.arpa"):
        return True
    if _suffixes().publicsuffix(name) is not None:
        registered = _suffixes().privatesuffix(name) or name
        return not _OURS_INSIDE.isdisjoint(name.removesuffix(registered).split("."))
    if is_host:
        return True
    if ending in _FILES or any(map(str.isdecimal, labels)):
        return False
    is_numbered = re.search(r"[\d-]", name) is not None
    return is_numbered or (len(labels) > 2 and min(map(len, labels)) > 1)


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffixes that came with the library, read once."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
