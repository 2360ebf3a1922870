"""``treaty-sim completion SHELL``: a script by which bash, zsh or fish complete commands, groups, files and keys.

The script asks this command for the words that fit, so that a user's own configs are offered too. Only names of files
and the first words of lines are read: it must answer at once.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from sim.app.config_dir import config_dir

SCRIPTS = {
    "bash": """\
_treaty_sim() {
  local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" full candidate
  full="${line##* }"
  [ "$word" = "=" ] && word=""  # bash takes key=value apart, and wants back what follows the sign
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ "$candidate" == *= ]] || candidate+=" "
    COMPREPLY+=("${candidate#"${full%"$word"}"}")
  done < <(treaty-sim completion words "$line" 2>/dev/null)
}
complete -o nospace -F _treaty_sim treaty-sim
""",
    "zsh": """\
_treaty_sim() {
  local -a found
  found=(${(f)"$(treaty-sim completion words "$LBUFFER" 2>/dev/null)"})
  compadd -S '' -- $found
}
compdef _treaty_sim treaty-sim
""",
    "fish": """\
complete -c treaty-sim -f -a '(treaty-sim completion words (commandline -cp) 2>/dev/null)'
""",
}
WITH_KEYS = ("engine", "solver", "seminar", "treaty")
"""Groups whose keys are offered, each from its default file."""


def command(arguments: Sequence[str]) -> None:
    """Print a shell's script, or what fits the line typed so far."""
    if len(arguments) == 2 and arguments[0] == "words":
        sys.stdout.writelines(f"{word}\n" for word in fitting(arguments[1]))
    elif len(arguments) == 1 and arguments[0] in SCRIPTS:
        sys.stdout.write(SCRIPTS[arguments[0]])
    else:
        given = " ".join(arguments) or "nothing"
        sys.stderr.write(f"error: completion needs a shell, one of {', '.join(SCRIPTS)}, got {given}\n")
        raise SystemExit(2)


def fitting(line: str) -> list[str]:
    """Return what the last word of a command line may become.

    Examples
    --------
    >>> fitting("treaty-sim hi"), fitting("treaty-sim run scenario=inf_1")
    (['history'], ['scenario=inf_1988'])
    """
    from sim.app.main import COMMANDS

    _, *before, last = re.split(r"\s+", line.lstrip())
    if not before:
        return [word for word in (*COMMANDS, "--help", "--version") if word.startswith(last)]
    directories = [Path(after) for flag, after in pairwise(before) if flag == "--config-dir"]
    return sorted({word for word in _words([*directories, config_dir()], last) if word.startswith(last)})


def _words(directories: Sequence[Path], last: str) -> Iterator[str]:
    group, is_choice, _ = last.partition("=")
    for directory in directories:
        if is_choice:
            yield from (f"{group}={file.stem}" for file in (directory / group).glob("*.yaml"))
        else:
            yield from (f"{each.name}=" for each in directory.iterdir() if any(each.glob("*.yaml")))
    if not is_choice:
        yield "--config-dir"
        for group in WITH_KEYS:
            files = [config_dir() / group / f"{name}.yaml" for name in ("default", "inf")]
            text = next(file for file in files if file.is_file()).read_text(encoding="utf-8")
            inner = re.search(r"^treaty:\n((?:  .*\n)+)", text, re.M)
            text = re.sub(r"^  ", "", inner[1], flags=re.M) if inner else text
            keys = re.findall(r"^(\w+):", text, re.M)
            yield from (f"{group}.{key}=" for key in keys if key not in ("defaults", "about"))
