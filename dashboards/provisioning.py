"""Data source, folder and dashboards as Grafana's provisioning files say them: for a Grafana that reads files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dashboards.building import GENERATED, files
from dashboards.panels import SOURCE

FOLDER, FOLDER_UID = "Rytmi", "rytmi"
PROVISIONING = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "provisioning"
IN_COMPOSE = "http://prometheus:9090"
_MOUNTED = "/etc/rytmi/dashboards"
_HEADER = "# Written by `rytmi dashboards build`; change it in dashboards/provisioning.py.\n"


def data_source(url: str, noted: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Prometheus as a data source. url: as Grafana's server sees it. noted: what else it is to keep."""
    return {
        "uid": SOURCE.uid,
        "name": "Rytmi",
        "type": SOURCE.type_val,
        "access": "proxy",
        "url": url,
        "isDefault": False,
        "jsonData": {"httpMethod": "POST", "timeInterval": "5s", **(noted or {})},
    }


def provisioning() -> dict[Path, str]:
    """The files of deploy/grafana, for deploy/compose.yaml."""
    sources = {"apiVersion": 1, "datasources": [data_source(IN_COMPOSE) | {"editable": False}]}
    provider = {
        "name": "rytmi",
        "type": "file",
        "folder": FOLDER,
        "folderUid": FOLDER_UID,
        "disableDeletion": True,
        "allowUiUpdates": False,
        "options": {"path": _MOUNTED},
    }
    return {
        PROVISIONING / "datasources" / "rytmi.yaml": _yaml(sources),
        PROVISIONING / "dashboards" / "rytmi.yaml": _yaml({"apiVersion": 1, "providers": [provider]}),
    }


def _yaml(document: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(document, sort_keys=False)


def outdated(out: Path | None = None) -> dict[Path, str]:
    """What of all that is generated is missing or differs. out: another folder for the dashboards, and those alone."""
    wanted = files(GENERATED) | provisioning() if out is None else files(out)
    return {
        path: content
        for path, content in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    }
