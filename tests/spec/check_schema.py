#!/usr/bin/env python3
"""The schema and the manual say what the parser does: check_schema.py ROOT DUMP

DUMP prints the parser's tables of keys, and says of files what the parser says. The keys, needs and
ranges of share/submission.schema.json are held against the tables, and docs/submission.md must name
every key. Submissions, good and bad, are put to the schema (by jsonschema, skipped without it) and
to the parser: both must say the same.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from check_tap import Tap, read  # noqa: E402

SCHEMA = "share/submission.schema.json"
MANUAL = "docs/submission.md"

# The definition of each object of the tables; the submission is the schema itself.
NAMES = {
    "a list in a file": "file", "a field": "field", "a section": "section", "a photo": "photo",
    "a photo of a section": "section_photo", "a signature": "signature", "an item": "item",
    "a table": "table", "a column": "column", "a theme": "theme", "a page": "page",
    "the margins": "margins", "the colors": "colors", "the fonts": "fonts", "the logo": "logo",
    "the photos of a theme": "theme_photos", "the header": "header", "the footer": "footer",
    "the words": "words", "a rule": "url_rule",
}

# What a key of a kind refers to; those that are not here are looked at one by one.
REFERENCES = {
    "locale": "locale", "link": "link", "data": "file_name", "value": "value", "time": "time",
    "status": "status", "color": "color", "template": "template", "match": "match",
    "address": "address",
}


def reference(name):
    return {"$ref": f"#/$defs/{name}"}


def millimetres(um):
    return f"{um / 1000:g} mm"


def expected(key, objects, pages):
    """What the schema must say of a key, beside its description."""
    kind, needed = key["kind"], key["required"]
    absent = [] if needed else [{"type": "null"}]
    if kind in REFERENCES:
        return reference(REFERENCES[kind])
    if kind == "text":
        return reference("needed_text" if needed else "text")
    if kind in ("length", "size"):
        return reference("needed_length" if needed else "length")
    if kind == "ignored":
        return {"type": "string"}
    if kind == "choice":
        return {"enum": key["choices"] + [None]}
    if kind == "bool":
        return {"type": ["boolean", "null"]}
    if kind == "count":
        return {"type": ["integer", "null"], "minimum": key["least"], "maximum": key["most"]}
    if kind == "word":
        return {"type": ["string", "null"], **({"pattern": r"\{n\}"} if key["choices"] else {})}
    if kind == "page":
        return {"anyOf": [{"enum": pages + [None]}, reference("page")]}
    if kind == "margin":
        return {"anyOf": [reference("length"), reference("margins")]}
    if kind == "object":
        return {"anyOf": absent + [reference(NAMES[objects[key["object"]]["name"]])]}
    items = reference("row")
    if kind == "list":
        element = objects[key["object"]]
        items = reference(NAMES[element["name"]])
        if element["alone"]:
            alone = "short_photo" if "photo" in element["name"] else "needed_text"
            items = {"anyOf": [reference(alone), items]}
    array = {"type": "array", "items": items, **({"maxItems": key["most"]} if key["most"] else {})}
    return {"anyOf": [array] + ([reference("file")] if key["source"] else []) + absent}


def object_problems(element, definition, tables):
    """Where an object of the schema differs from its table."""
    name, keys = element["name"], {key["name"]: key for key in element["keys"]}
    found = []
    if definition.get("type") != "object" or definition.get("additionalProperties") is not False:
        found.append(f"{name}: takes more than its keys")
    if set(definition.get("required", [])) != {k for k in keys if keys[k]["required"]}:
        found.append(f"{name}: needs {definition.get('required')}")
    said = definition.get("properties", {})
    found += [f"{name}: `{key}` is no key of the parser" for key in said if key not in keys]
    for key in keys:
        value = dict(said.get(key, {}))
        words = value.pop("description", "")
        if value != expected(keys[key], tables["objects"], tables["pages"]):
            found.append(f"{name}: `{key}` is {json.dumps(value)}, not "
                         f"{json.dumps(expected(keys[key], tables['objects'], tables['pages']))}")
        if not words:
            found.append(f"{name}: `{key}` is not described")
        if keys[key]["kind"] in ("length", "margin"):
            for um in (keys[key]["least"], keys[key]["most"]):
                if not re.search(rf"\b{re.escape(millimetres(um))}", words):
                    found.append(f"{name}: `{key}` does not tell {millimetres(um)}")
    return found


def schema_problems(schema, tables):
    found = []
    for element in tables["objects"]:
        names = [key["name"] for key in element["keys"]]
        if element["name"] == "a theme" and "theme" in names:
            continue  # a theme file: the theme, and itself under a key
        definition = schema
        if element["name"] != "a submission":
            definition = schema["$defs"].get(NAMES[element["name"]], {})
        found += object_problems(element, definition, tables)
    return found


def manual_problems(manual, tables):
    return [f"{MANUAL} does not name `{key['name']}` of {element['name']}"
            for element in tables["objects"] for key in element["keys"]
            if f"`{key['name']}`" not in manual]


def section(**more):
    return {"title": "x", "sections": [{"title": "s", **more}]}


def table(**more):
    return section(tables=[more])


def theme(**more):
    return {"title": "x", "theme": more}


GOOD = [
    {"title": "x"},
    {"title": 7, "number": 42, "subtitle": None, "author": "", "$schema": "https://x"},
    {"title": "\U0001F600 / é \\ \"", "date": "2026-11-21", "locale": "zh-Hant-TW"},
    {"title": "x", "fields": [{"label": "a", "value": v} for v in ("b", 1.5, True, None, "")]},
    {"title": "x", "fields": [{"label": "a", "link": "mailto:a@b"}, {"label": "b", "link": ""}]},
    section(items=["a", {"text": "b", "status": "n.a."}, {"text": "c", "status": True}]),
    section(items={"data": "items.ndjson"}, photos={"data": "photos.CSV"}, id="i"),
    section(photos=["a.jpg", {"src": "b", "taken_at": "2026-11-21T09:30:05.5+02:00"}]),
    {"title": "x", "photos": [{"src": "a", "caption": "c"}], "signatures": [{"role": "r"}]},
    table(columns=["a", {"name": "b", "type": "date", "align": "end", "width": 3}],
          rows=[[1, None], {"a": "x"}, {}]),
    table(rows={"data": "rows.csv"}),
    theme(page="A4", landscape=True, margin="18mm", colors={"ok": "#123", "na": "#aAbBcC"}),
    theme(page={"width": "210mm", "height": "11in"}, margin={"top": " 1.5 cm "}),
    theme(fonts={"size": "9.5pt"}, logo={"place": "none", "height": "20mm"}, header={"text": ""}),
    theme(photos={"per_row": 4, "edge": 100, "quality": 30, "numbers": False, "height": "7cm"}),
    theme(words={"page": "{n}", "ok": None}, footer={"text": "{author}", "pages": False}),
    theme(urls=[{"match": "(a)", "to": "https://b/$1?w={width}"}]),
]

BAD = [
    {}, {"title": ""}, {"title": None}, {"title": [1]}, {"title": "x", "titel": "x"},
    {"title": "x", "date": "21.11.2026"}, {"title": "x", "locale": "de_AT"},
    {"title": "x", "locale": "d"}, {"title": "x", "fields": {"a": "b"}},
    {"title": "x", "fields": [{"value": 1}]}, {"title": "x", "fields": ["a"]},
    {"title": "x", "fields": [{"label": "a", "link": "javascript:x"}]},
    {"title": "x", "fields": [{"label": "a", "value": [1]}]},
    {"title": "x", "photos": ["ab"]}, {"title": "x", "photos": [{"caption": "c"}]},
    {"title": "x", "photos": {"data": "photos.json"}},
    {"title": "x", "photos": {"data": "http://x/photos.csv"}},
    {"title": "x", "signatures": [{}]}, {"title": "x", "signatures": {"data": "a.csv"}},
    {"title": "x", "sections": [{"id": "a"}]}, section(items=[{"text": "a", "status": "maybe"}]),
    section(photos=[{"src": "a", "section": "s"}]), section(rows=[]),
    table(columns=["a"]), table(rows=[[1]]), table(columns=["a"], rows=[1]),
    table(columns=["a"], rows=[[[1]]]), table(columns=["a"], rows=[{"a": {}}]),
    table(columns=[{"title": "a"}], rows=[]), table(columns=[{"name": "a", "width": 0}], rows=[]),
    table(columns=[{"name": "a", "type": "real"}], rows=[]),
    table(columns=[f"c{i}" for i in range(257)], rows=[]),
    theme(page="A9"), theme(page={"width": "210mm"}), theme(margin=18), theme(margin="18"),
    theme(colors={"ok": "green"}), theme(colors={"ok": None}), theme(colors={"okay": "#123"}),
    theme(photos={"per_row": 5}), theme(photos={"per_row": 1.5}), theme(photos={"numbers": "yes"}),
    theme(logo={"place": "left"}), theme(words={"page": "Page"}), theme(words={"pages": "x"}),
    theme(urls=[{"match": "a"}]), theme(urls=[{"match": "a", "to": "file://b"}]),
    theme(urls=[{"match": "a", "to": "http://b"}] * 65), theme(theme={"page": "A4"}),
]


def parser_says(dump, submissions):
    """What the parser says to each, given as JSON in both of its forms."""
    said = []
    with tempfile.TemporaryDirectory(prefix="smallpress-schema-") as folder:
        paths = []
        for number, value in enumerate(submissions):
            for ascii_only in (False, True):
                paths.append(os.path.join(folder, f"{number}-{ascii_only}.json"))
                with open(paths[-1], "w", encoding="utf-8") as file:
                    json.dump(value, file, ensure_ascii=ascii_only, indent="\t" if ascii_only
                              else None)
        output = subprocess.run([dump, *paths], capture_output=True, text=True, check=True).stdout
        lines = [line.replace(folder + os.sep, "") for line in output.splitlines()]
        for first, second in zip(lines[::2], lines[1::2]):
            said.append(first if (first == "ok") == (second == "ok") else f"{first} but {second}")
    return said


def example_problems(root, dump, validator):
    """Each submission of the examples is taken by both."""
    found = []
    folder = os.path.join(root, "examples", "inspection")
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder)
                   if name.startswith("visit") and name.endswith((".json", ".yaml")))
    output = subprocess.run([dump, *paths], capture_output=True, text=True, check=True).stdout
    found += [line for line in output.splitlines() if line != "ok"]
    for path in paths:
        if validator and path.endswith(".json"):
            with open(path, encoding="utf-8") as file:
                found += [f"{path}: {error.message}"
                          for error in validator.iter_errors(json.load(file))]
    return found if paths else ["there are no examples"]


def make_validator(schema):
    try:
        import jsonschema
    except ImportError:
        return None
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def self_test(tap, schema, tables):
    def changed(change):
        copy = json.loads(json.dumps(schema))
        change(copy)
        return schema_problems(copy, tables)

    tap.catches("a key too many", changed(lambda s: s["properties"].update(x={})), "`x` is no key")
    tap.catches("a key too few", changed(lambda s: s["$defs"]["item"]["properties"].pop("note")),
                "an item: `note` is {}")
    tap.catches("a need forgotten", changed(lambda s: s["$defs"]["photo"].pop("required")),
                "a photo: needs None")
    tap.catches("a range", changed(lambda s: s["$defs"]["theme_photos"]["properties"]["per_row"]
                                   .update(maximum=5)), "`per_row`")
    tap.catches("a manual without a key", manual_problems("`title`", tables), "`subtitle`")


def main():
    root, dump = sys.argv[1:]
    tap = Tap()
    schema = json.loads(read(root, SCHEMA))
    tables = json.loads(subprocess.run([dump], capture_output=True, text=True, check=True).stdout)
    self_test(tap, schema, tables)
    tap.point("the schema has the keys of the parser", schema_problems(schema, tables))
    tap.point("the manual names them all", manual_problems(read(root, MANUAL), tables))
    tap.point("the parser takes what is good",
              [f"{json.dumps(value)}: {said}" for value, said in zip(GOOD, parser_says(dump, GOOD))
               if said != "ok"])
    tap.point("the parser refuses what is bad",
              [json.dumps(value) for value, said in zip(BAD, parser_says(dump, BAD))
               if said == "ok" or " but " in said])
    validator = make_validator(schema)
    if validator:
        tap.point("the schema takes what is good",
                  [f"{json.dumps(value)}: {error.message}" for value in GOOD
                   for error in validator.iter_errors(value)])
        tap.point("the schema refuses what is bad",
                  [json.dumps(value) for value in BAD if validator.is_valid(value)])
    else:
        tap.skip("the schema takes what is good", "python3-jsonschema is not installed")
        tap.skip("the schema refuses what is bad", "python3-jsonschema is not installed")
    tap.point("the examples are taken", example_problems(root, dump, validator))
    tap.end()


if __name__ == "__main__":
    main()
