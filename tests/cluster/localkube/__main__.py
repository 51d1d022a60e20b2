"""The command line: `python -m localkube`."""

import argparse
import sys
from pathlib import Path

from localkube import packages, relay
from localkube.errors import LocalKubeError
from localkube.lifecycle import DEFAULT, down, load, status, up
from localkube.users import user


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localkube", description="A real Kubernetes on this machine.")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--name", default=DEFAULT, help="name of the cluster (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("packages", help="install the Debian packages that are missing, or name them")
    commands.add_parser("up", parents=[named], help="start it, or find it running")
    commands.add_parser("down", parents=[named], help="end it and leave nothing behind")
    shown = commands.add_parser("status", parents=[named], help="say where everything is")
    shown.add_argument("--format", choices=["text", "json"], default="text")
    loaded = commands.add_parser("load", parents=[named], help="import image tars")
    loaded.add_argument("files", nargs="+", type=Path, metavar="IMAGE.tar")
    person = commands.add_parser("user", parents=[named], help="write an ordinary user's kubeconfig")
    person.add_argument("--user", required=True)
    person.add_argument("--group", action="append", default=[])
    person.add_argument("--out", type=Path, required=True)
    far = commands.add_parser("delay", parents=[named], help="relay the API server from further away")
    far.add_argument("--listen", type=int, required=True, metavar="PORT")
    far.add_argument("--milliseconds", type=float, default=20, help="round trip (default: %(default)s)")
    far.add_argument("--user", default="admin")
    far.add_argument("--group", action="append", default=None, help="default: system:masters for admin")
    far.add_argument("--out", type=Path, required=True, help="kubeconfig to write")
    return parser


def _run(given: argparse.Namespace) -> None:
    match given.command:
        case "packages":
            packages.install_or_name()
        case "up":
            print(f"KUBECONFIG={up(given.name).kubeconfig}")
        case "down":
            down(given.name)
        case "status":
            cluster = status(given.name)
            if given.format == "json":
                print(cluster.to_json())
            else:
                print(f"{cluster.name} is healthy; API at {cluster.api_url}")
                print(f"KUBECONFIG={cluster.kubeconfig}")
        case "load":
            for name in load(given.files, given.name):
                print(name)
        case "user":
            user(status(given.name), given.user, out=given.out, groups=given.group)
        case "delay":
            groups = given.group
            if groups is None:
                groups = ["system:masters"] if given.user == "admin" else []
            far = relay.Delay(port=given.listen, milliseconds=given.milliseconds)
            relay.run_in_node(status(given.name), far, user_name=given.user, groups=groups, out=given.out)


def main() -> int:
    try:
        _run(_parser().parse_args())
    except LocalKubeError as error:
        print(f"localkube: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
