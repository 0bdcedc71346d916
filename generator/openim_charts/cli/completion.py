"""``openim-charts completion``"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
    Examples:
      openim-charts completion bash > ~/.local/share/bash-completion/completions/openim-charts
      openim-charts completion zsh > ~/.zfunc/_openim-charts
      openim-charts completion fish > ~/.config/fish/completions/openim-charts.fish
    """
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print a shell's completion script.

    Commands, options and names of charts are completed.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    root = ctx.find_root()
    name = root.info_name or "openim-charts"
    variable = f"_{name.replace('-', '_').upper()}_COMPLETE"
    click.echo(kind(root.command, {}, name, variable).source())
    return 0
