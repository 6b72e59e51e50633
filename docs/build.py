"""Write docs/commands.md from the commands' own help: ``python docs/build.py``; with ``--check`` only compare."""

from __future__ import annotations

import sys
from pathlib import Path

PAGE = Path(__file__).with_name("commands.md")


def page() -> str:
    """The reference of all commands as Markdown."""
    from typer.testing import CliRunner

    from cli import app, command_names

    runner = CliRunner(env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"})
    parts = ["# Commands\n\nGenerated from `--help` by `make docs`.\n"]
    parts += [f"## wfm {name}\n\n```text\n{_help(runner, app, name)}\n```\n" for name in command_names()]
    return "\n".join(parts)


def _help(runner: object, app: object, name: str) -> str:
    shown = runner.invoke(app, [name, "--help"], prog_name="wfm")  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in shown.output.strip().splitlines())


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is as the help says."""
    text = page()
    if "--check" in arguments:
        same = PAGE.read_text(encoding="utf-8") == text
        if not same:
            sys.stderr.write("docs/commands.md is not what the help says: run `make docs`\n")
        return int(not same)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
