"""``telelens genyaml``: what other programs read, made from the words of ours."""

from __future__ import annotations

import json

from telelens_daemons.cli.options import Format, GlobalOptions, with_options
from telelens_daemons.cli.output import Output


@with_options(kubectl=False)
def schema(*, options: GlobalOptions) -> int:
    """Print the JSON Schema of specifications, for editors that know none of ours.

    Example: telelens genyaml schema
    """
    from telelens_schemas.specification.published import json_schema

    if options.format is Format.DEFAULT:
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    else:
        Output(options).data(json_schema())
    return 0


@with_options(kubectl=False)
def crd(*, options: GlobalOptions) -> int:
    """Print the definition of stored specifications, as the chart installs it.

    Example: telelens genyaml crd
    """
    import yaml
    from telelens_schemas.specification.published import crd as definition

    if options.format is Format.DEFAULT:
        print(yaml.safe_dump(definition(), sort_keys=False, width=110), end="")
    else:
        Output(options).data(definition())
    return 0
