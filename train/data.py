"""The rows that the binary writes, with their labels and sites."""

import gzip
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

import labels

# Second-level domains under which sites are registered.
SHARED = {"co", "com", "org", "net", "gov", "ac", "edu", "blogspot", "wordpress", "github", "tumblr"}


def site(url, fallback):
    """The site of an address: its registered domain, as far as that can be told."""
    host = (urlsplit(url or "").hostname or fallback).lower()
    parts = [part for part in host.split(".") if part != "www"]
    keep = 3 if len(parts) > 2 and parts[-2] in SHARED else 2
    return ".".join(parts[-keep:])


@dataclass
class Rows:
    """Segments of many documents: a row each, and what they are."""

    header: dict
    is_page: bool
    values: np.ndarray
    label: np.ndarray
    words: np.ndarray  # tokens of the segment
    document: np.ndarray  # number of the document
    kinds: list = field(default_factory=list)  # kind by reading, or None
    named: list = field(default_factory=list)  # kind by the page that the dump was made of, or None
    buckets: list = field(default_factory=list)  # buckets of words, a list a row
    names: list = field(default_factory=list)  # buckets of names around it, a set a row
    ids: list = field(default_factory=list)  # from here on: one a document
    sites: list = field(default_factory=list)
    types: list = field(default_factory=list)
    settled_body: list = field(default_factory=list)


def export(binary, inputs, prefix, model=None):
    command = [binary, "features", *map(str, inputs), "-o", str(prefix)]
    subprocess.run(command + (["--model", str(model)] if model else []), check=True)


def values_of(prefix, is_page):
    header = json.loads(Path(f"{prefix}.json").read_text())
    columns = header["page" if is_page else "text"]
    return header, np.fromfile(f"{prefix}.rows", dtype=np.uint8).reshape(-1, len(columns))


def chain_names(areas):
    """For each area the names of itself and of all around it, each once."""
    chains = []
    for at, (parent, names) in enumerate(areas):
        chains.append(frozenset(names) | (chains[parent] if at and parent < at else frozenset()))
    return chains


def read(prefix, name, data, is_page, lines=None, pages=None):
    """Rows of one set. `lines` is the set of dumps that has labels for lines of the same pages; `pages` the
    prefix of the rows of the pages that these dumps were made of, which name some of their lines."""
    header, values = values_of(prefix, is_page)
    truth = labels.read_truth(data / f"{name}.truth.jsonl.gz")
    dump = {}
    if lines:
        line_truth = labels.read_truth(data / f"{lines}.truth.jsonl.gz")
        with gzip.open(data / f"{lines}.jsonl.gz", "rt", encoding="utf-8") as records:
            dump = {record["id"]: (record["text"], line_truth[record["id"]]) for record in map(json.loads, records)}
    named = names_of_lines(pages) if pages else {}
    out = Rows(header, is_page, values, None, None, None)
    label, words, number = [], [], []
    with open(f"{prefix}.jsonl", encoding="utf-8") as records:
        for record in map(json.loads, records):
            text = record["text"].encode()
            pieces = [text[start:end].decode() for start, end in record["spans"]]
            known = truth.get(record["id"], {})
            kinds = [None] * len(pieces)
            if "labels" in known:
                found, kinds = labels.by_lines(record["text"], record["spans"], known)
            elif known.get("truth") is not None:
                found = labels.by_reference(pieces, known["truth"])
            elif record["id"] in dump:
                found = labels.by_copies(pieces, *dump[record["id"]])
            else:
                found = labels.by_snippets(pieces, known)
            names = named.get(record["id"], {})
            judged = record["judged"]
            label += [found[at] for at in judged]
            out.kinds += [kinds[at] for at in judged]
            out.named += [names.get(labels.squeeze(pieces[at])) for at in judged]
            words += [len(labels.TOKEN.findall(pieces[at])) for at in judged]
            number += [len(out.ids)] * len(judged)
            out.buckets += record["words"]
            if is_page:
                chains = chain_names(record["areas"])
                out.names += [chains[area] for area in record["area"]]
            # Words of body that the structure settles to be cut, which no model can save.
            is_judged = set(judged)
            lost = (at for at in range(len(pieces)) if at not in is_judged and found[at] == labels.BODY)
            out.settled_body.append(sum(len(labels.TOKEN.findall(pieces[at])) for at in lost))
            out.ids.append(record["id"])
            out.sites.append(site(record["url"], record["id"]))
            out.types.append(known.get("type"))
    out.label, out.words, out.document = np.array(label), np.array(words), np.array(number)
    return out


def names_of_lines(prefix):
    """For each page, the kinds that its wording and its elements give to its lines."""
    named = {}
    with open(f"{prefix}.jsonl", encoding="utf-8") as records:
        for record in map(json.loads, records):
            text = record["text"].encode()
            lines = ((labels.squeeze(text[s:e].decode()), kind) for (s, e), kind in zip(record["spans"], record["named"]))
            named[record["id"]] = {line: kind for line, kind in lines if kind}
    return named
