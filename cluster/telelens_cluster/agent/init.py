"""The init container: installs the pod's table, the only moment of privilege.

Always ends with status 0: a node that refuses the table must not keep the application from starting. What happened is
written down for the agent, which reports it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from telelens_schemas.names import TABLE_REPORT_PATH

from telelens_cluster.agent.errors import AgentError
from telelens_cluster.agent.injection import read_injection
from telelens_cluster.agent.table import render_table


def install_table() -> str:
    """Load the table; the reason when it cannot be, else an empty text."""
    try:
        ruleset = render_table(read_injection(os.environ))
        loaded = subprocess.run(
            ["nft", "-f", "-"], input=ruleset, text=True, capture_output=True, timeout=30, check=False
        )
    except AgentError as error:
        return str(error)
    except FileNotFoundError:
        return "the image has no nft program"
    except (OSError, subprocess.SubprocessError) as error:
        return f"nft could not be run: {error}"
    if loaded.returncode == 0:
        return ""
    said = (loaded.stderr or loaded.stdout).strip().splitlines()
    return f"nft refused the table: {said[0] if said else f'status {loaded.returncode}'}"


def main() -> None:
    """Install, write the report, say it in the log."""
    message = install_table()
    try:
        report = Path(TABLE_REPORT_PATH)
        report.write_text(json.dumps({"present": not message, "message": message}) + "\n")
        report.chmod(0o644)
    except OSError as error:
        print(f"telelens-init: {TABLE_REPORT_PATH} cannot be written: {error}", file=sys.stderr)
    print(f"telelens-init: {message or 'the redirect table is installed'}", file=sys.stderr)


if __name__ == "__main__":
    main()
