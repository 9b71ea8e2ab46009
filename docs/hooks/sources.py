"""Files of the code that pages link to: the site has a page of each."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(\.\./\.\./([\w/]+\.py)\)")


def on_files(files: Files, config: Any) -> Files:
    texts = [f.content_string for f in files if f.src_uri.endswith(".md")]
    for path in sorted({path for text in texts for path in LINK.findall(text)}):
        code = (ROOT / path).read_text(encoding="utf-8")
        page = f"# {path}\n\n```python\n{code}```\n"
        files.append(File.generated(config, f"source/{path}.md", content=page))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    return LINK.sub(r"](../source/\1.md)", markdown)
