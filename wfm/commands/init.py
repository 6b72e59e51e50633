"""`wfm init`: a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.commands.output import say


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; may exist, but nothing in it is overwritten.")],
) -> None:
    """Make a workspace: a commented wfm.toml, example CSV files, the store.

    \b
    Example:
      wfm init centre && cd centre
    """
    from wfm.store.workspace import create_workspace, example_files

    for path in create_workspace(folder, example_files()):
        say(f"wrote {path}")
    say(f"next: edit {folder / 'wfm.toml'}, then `wfm import history FILE --workspace {folder}`")
